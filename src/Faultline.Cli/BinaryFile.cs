using Faultline.Binaries;
using Faultline.Binaries.Elf;
using Faultline.Binaries.Reading;

namespace Faultline.Cli;

/// <summary>Opens the binary that a command is about.</summary>
internal static class BinaryFile
{
    /// <exception cref="UserErrorException">There is none, it may not be read, or it is no binary that can be read.</exception>
    public static GoBinary Open(string path, DebugFileSearch? debugFiles)
    {
        // Says what is wrong with the file itself, in the words of the other commands.
        using (InputFile.Open(path))
        {
        }

        try
        {
            return GoBinary.Open(path, debugFiles);
        }
        catch (MalformedDataException error)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' is no 64-bit ELF program that can be read ({error.Structure}: {error.Rule}).");
        }
        catch (IOException)
        {
            throw new UserErrorException(ExitCode.BadData, $"'{path}' cannot be used: it is no regular file, or the file system refused to map it.");
        }
    }
}
