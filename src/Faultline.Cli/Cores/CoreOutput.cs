using System.Text;
using Faultline.Binaries.Reading;

namespace Faultline.Cli.Cores;

/// <summary>Writes an answer in the form that was asked for.</summary>
internal static class CoreOutput
{
    private const int BufferSize = 16 * 1024;

    /// <summary>A reader that has seen enough ends it.</summary>
    /// <param name="caller">Who asks; null for the user of the command line.</param>
    public static void Write(OutputFormat format, string verb, Action<ICoreOutput> write, Caller? caller = null)
    {
        try
        {
            using Stream stream = (caller ?? Caller.Shell).OpenOutput();
            using BufferedStream buffered = new(stream, BufferSize);
            if (format == OutputFormat.Json)
            {
                using (CoreJson json = new(buffered, verb))
                {
                    write(json);
                    json.Finish();
                }

                buffered.WriteByte((byte)'\n');
            }
            else
            {
                using StreamWriter writer = new(buffered, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize, leaveOpen: true);
                CoreText text = new(writer);
                write(text);
                text.Finish();
            }

            buffered.Flush();
        }
        catch (IOException error) when (error is not MalformedDataException)
        {
            // Nobody reads on.
        }
    }
}
