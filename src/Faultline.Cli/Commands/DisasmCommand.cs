using System.CommandLine;
using Faultline.Binaries;
using Faultline.Binaries.Code.Listing;
using Faultline.Binaries.Elf;
using Faultline.Binaries.GoSym;
using Faultline.Binaries.Reading;
using Faultline.Cli.Disassembly;
using Faultline.Cli.Symbols;

namespace Faultline.Cli.Commands;

/// <summary><c>faultline disasm</c>: the instructions of functions, with lines, calls and what the compiler put there.</summary>
internal static class DisasmCommand
{
    private const string Examples =
        """
        Examples:
          faultline disasm ./app main.work               a function
          faultline disasm ./app 0x4103a5 --around 5     the instructions around an address
          faultline disasm ./app main.work+0x45 --source
          faultline disasm ./app main.work --calls       only what it calls
          faultline disasm ./app --all > app.s           everything

        Text is that of 'go tool objdump', with offsets and what it leaves out: checks of
        the compiler, types and strings. A return address points behind its call: give the
        address less one.
        """;

    public static Command Create()
    {
        DebugFileOptions debugFiles = new();
        Argument<string> path = new("BINARY") { Description = "The program: an ELF file that Go built, for amd64 or arm64." };
        Argument<string?> place = new("FUNC|PC")
        {
            Description = "A function by its full name, an address in one ('0x4103a5', 'main.work+0x45'), or a line ('server.go:53').",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> all = new("--all") { Description = "Every function of the binary." };
        Option<bool> source = new("--source") { Description = "The source lines in between, where the files are here." };
        Option<int?> around = new("--around") { HelpName = "N", Description = "Only N instructions before and after the address." };
        Option<bool> calls = new("--calls") { Description = "Only calls." };
        Option<bool> stack = new("--stack") { Description = "How deep the stack is and where a goroutine can be stopped." };
        Option<AssemblySyntax> syntax = DiagnoseOptions.Choice(
            "--syntax", "SYNTAX", "'go' (default), or for amd64 'intel' or 'att'.", ("go", AssemblySyntax.Go), ("intel", AssemblySyntax.Intel), ("att", AssemblySyntax.Att));
        Option<OutputFormat> format = DiagnoseOptions.Choice(
            "--format", "FORMAT", "'text' (default) for people, 'json' for programs.", ("text", OutputFormat.Text), ("json", OutputFormat.Json));
        Command command = new("disasm", "Disassemble functions, with source lines, call targets, compiler checks, types and strings.")
        {
            path, place, all, source, around, calls, stack, syntax, format,
        };
        debugFiles.AddTo(command);
        command.SetAction(arguments =>
        {
            string? asked = arguments.GetValue(place);
            bool isAll = arguments.GetValue(all);
            int? near = arguments.GetValue(around);
            if (isAll == asked is not null)
                throw new UserErrorException(ExitCode.Usage, isAll ? "give either --all or one FUNC|PC, not both." : "say what to show: FUNC|PC, or --all. See 'faultline disasm --help'.");
            if (near < 0)
                throw new UserErrorException(ExitCode.Usage, "--around needs a number of instructions, 0 or more.");
            return Run(arguments.GetValue(path)!, debugFiles.Search(arguments, arguments.GetValue(path)!), asked, arguments.GetValue(syntax), arguments.GetValue(format), Caller.Shell, new ListingRequest([], [])
            {
                Around = near,
                OnlyCalls = arguments.GetValue(calls),
                ShowsSource = arguments.GetValue(source),
                ShowsStack = arguments.GetValue(stack),
            });
        });
        CommandLine.AddHelp(command, Examples);
        return command;
    }

    /// <summary>Shows the code at a place.</summary>
    /// <param name="path">The program.</param>
    /// <param name="debugFiles">Where debug files are searched for.</param>
    /// <param name="place">A function, an address or a line; null for every function.</param>
    /// <param name="syntax">Of the assembly.</param>
    /// <param name="format">Of the answer.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="look">What of the functions is shown.</param>
    /// <exception cref="UserErrorException">There is no such place, or it cannot be shown in this way.</exception>
    public static int Run(string path, DebugFileSearch debugFiles, string? place, AssemblySyntax syntax, OutputFormat format, Caller caller, ListingRequest look)
    {
        using GoBinary binary = BinaryFile.Open(path, debugFiles);
        CodeListing code = Open(binary, syntax);
        CodePlace found = place is null ? new CodePlace(binary.Functions, []) : CodePlace.Find(binary, place);
        ListingRequest request = look with { Functions = found.Functions, Addresses = found.Addresses };
        if (request is { Around: not null, Addresses.Count: 0 })
            throw new UserErrorException(ExitCode.Usage, "--around needs an address: a function is shown whole. Give a PC, FUNC+OFFSET or FILE:LINE.");
        UnknownCode unknown = new(binary.Path);
        try
        {
            Write(binary, code, request, unknown, format, caller);
        }
        catch (IOException)
        {
            // The reader has seen enough.
            return ExitCode.Ok;
        }

        caller.TellAll(Remarks(binary, unknown));
        return ExitCode.Ok;
    }

    private static CodeListing Open(GoBinary binary, AssemblySyntax syntax)
    {
        CodeListing code = new(binary, syntax);
        if (code.IsReadable)
            return code;
        throw binary.Architecture is "amd64" or "arm64"
            ? new UserErrorException(ExitCode.Usage, $"--syntax intel and att are for amd64, and this is {binary.Architecture}: leave the option out.")
            : new UserErrorException(ExitCode.BadData, $"only amd64 and arm64 code is disassembled, and this is {binary.Architecture}: use 'go tool objdump'.");
    }

    private static void Write(GoBinary binary, CodeListing code, ListingRequest request, UnknownCode unknown, OutputFormat format, Caller caller)
    {
        if (format == OutputFormat.Json)
        {
            using ListingJson json = new(binary, request, unknown, caller.OpenOutput());
            foreach (FuncInfo function in request.Functions)
                json.Write(code.Read(function));
            json.End(Remarks(binary, unknown));
            return;
        }

        using ListingText text = new(request, unknown, code.HasWords, caller.OpenOutput());
        bool isFirst = true;
        foreach (FuncInfo function in request.Functions)
        {
            text.Write(code.Read(function), isFirst);
            isFirst = false;
        }

        text.Flush();
    }

    private static IReadOnlyList<Diagnostic> Remarks(GoBinary binary, UnknownCode unknown) =>
        unknown.Remark() is { } remark ? [.. binary.Diagnostics, remark] : binary.Diagnostics;
}
