using System.Text;
using Faultline.Binaries.Reading;
using Faultline.Reports.Text;

namespace Faultline.Cli;

/// <summary>
/// The process's own streams, unbuffered and without <see cref="Console"/>'s encodings. A reader that went away shows as
/// <see cref="IOException"/> here, which Console's streams swallow.
/// </summary>
internal static class StandardStreams
{
    public static Stream OpenInput() => new DescriptorStream(0, canRead: true);

    public static Stream OpenOutput()
    {
        ActivityLine.Stop();
        return new DescriptorStream(1, canRead: false);
    }

    public static Stream OpenError()
    {
        ActivityLine.Stop();
        return new DescriptorStream(2, canRead: false);
    }

    /// <summary>Writes a document to standard output, as JSON with a line end or as text; false when its reader has seen enough and gone.</summary>
    public static bool TryWrite(OutputFormat format, Action<Stream> writeJson, Action<TextWriter> writeText)
    {
        try
        {
            using Stream stream = OpenOutput();
            using BufferedStream buffered = new(stream, 64 * 1024);
            if (format == OutputFormat.Json)
            {
                writeJson(buffered);
                buffered.WriteByte((byte)'\n');
            }
            else
            {
                using StreamWriter writer = new(buffered, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024, leaveOpen: true);
                writeText(writer);
            }

            buffered.Flush();
            return true;
        }
        catch (IOException error) when (error is not MalformedDataException)
        {
            return false;
        }
    }

    /// <summary>Writes one message to standard error; control characters in it are shown as escapes. A closed stream is no error.</summary>
    public static void Tell(string message)
    {
        string[] lines = message.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            lines[i] = PrintableText.Escape(lines[i]);
        WriteError(string.Join('\n', lines) + "\n");
    }

    /// <summary>Writes remarks on inputs to standard error.</summary>
    public static void Tell(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
            Tell($"faultline: {diagnostic.Id}: {diagnostic.Message}.");
    }

    /// <summary>Writes to standard error as is.</summary>
    public static void WriteError(string text)
    {
        ActivityLine.Hide();
        try
        {
            using Stream error = new DescriptorStream(2, canRead: false);
            error.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // Nobody listens; there is nothing left to tell.
        }
    }
}
