using System.CommandLine;
using Faultline.Binaries;
using Faultline.Binaries.Code;
using Faultline.Capture.Bundles;
using Faultline.Cli.Appends;
using Faultline.Diagnosis.Appends;
using Faultline.Evidence.Perf;
using Faultline.Reports.Text;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline appends</c>: appends to slices that several goroutines reach, and who still used the arrays that they left.</summary>
internal static class AppendsCommand
{
    private const string Examples =
        """
        Examples:
          faultline appends ./app
          faultline appends ./app --func store.add --format json
          faultline record --mode append -o rec -- ./app; faultline appends ./app --recording rec

        Without a recording all is inferred from the code, and possible at most.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built." };
        Option<string?> recording = new("--recording", "-r") { HelpName = "PATH", Description = "A recording of the program by 'faultline record --mode append': says which goroutine used an array that another one's append had left." };
        Option<string?> function = new("--func") { HelpName = "TEXT", Description = "Only where the append or an access is in a function whose name holds TEXT." };
        Option<string?> type = new("--type") { HelpName = "TEXT", Description = "Only slices in places whose name holds TEXT, such as main.store or main.recent." };
        Option<bool> std = new("--std") { Description = "Look at the standard library too." };
        Option<OutputFormat> format = DiagnoseOptions.Choice("--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("appends", "Find appends to slices that other goroutines reach, and with a recording who still used the array that an append left.") { path, recording, function, type, std, format };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            string name = arguments.GetValue(path)!;
            using GoBinary binary = BinaryFile.Open(name, debugFiles.Search(arguments, name));
            if (binary.Architecture is not "amd64")
                throw new UserErrorException(ExitCode.BadData, $"'{PrintableText.Escape(name)}' is {binary.Architecture}: which slice an append belongs to is followed in amd64 code only.");
            ProgramCode code = new(binary);
            if (!code.IsAvailable)
                throw new UserErrorException(ExitCode.BadData, $"'{PrintableText.Escape(name)}' has no function table of Go: see 'faultline info' for what it is.");
            ArrayUses? uses = arguments.GetValue(recording) is { } recorded ? ReadRecording(recorded, binary) : null;
            AppendSelection selection = AppendSelection.Of(code.FindAppendWindows(arguments.GetValue(std)), uses, arguments.GetValue(function), arguments.GetValue(type));
            if (StandardStreams.TryWrite(arguments.GetValue(format), stream => AppendsJson.Write(binary, selection, stream), writer => AppendsText.Write(selection, writer)))
                StandardStreams.Tell(binary.Diagnostics);
            return ExitCode.Ok;
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    private static ArrayUses ReadRecording(string name, GoBinary binary)
    {
        using BundleInput? bundle = Bundle.IsBundle(name) ? BundleInput.Open(name) : null;
        using InputFile file = InputFile.Open(bundle?.Files.FirstOrDefault() ?? name);
        if (file.Kind != InputKind.Recording)
            throw new UserErrorException(ExitCode.BadData, $"'{PrintableText.Escape(name)}' is no recording of perf. Make one with 'faultline record --mode append -- CMD'.");
        using PerfRecording recording = file.OpenRecording(bundle?.Options);
        ArrayUses uses = ArrayUseReader.Read(recording, binary, bundle?.Plan.LoadBias);
        StandardStreams.Tell(recording.Diagnostics);
        return uses;
    }
}
