using System.Text;

namespace Faultline.Cli.Symbolizing;

/// <summary>
/// Reads queries a line each. Lines that arrived together are handed over together, and <paramref name="pause"/> is called before
/// waiting for more, so that a program which asks line by line gets its answers.
/// </summary>
internal sealed class QueryReader(Stream input, Action<string> consume, Action pause)
{
    /// <summary>Longer lines are no queries.</summary>
    private const int LineLimit = 64 * 1024;

    public void ReadAll()
    {
        var block = new byte[64 * 1024];
        var line = new List<byte>();
        for (int size; (size = input.Read(block)) > 0; pause())
        {
            var rest = block.AsSpan(0, size);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                if (line.Count == 0)
                {
                    Consume(rest[..end]);
                    continue;
                }

                Append(line, rest[..end]);
                Consume([.. line]);
                line.Clear();
            }

            Append(line, rest);
        }

        Consume([.. line]);
    }

    private static void Append(List<byte> line, ReadOnlySpan<byte> bytes) =>
        line.AddRange(bytes[..Math.Min(bytes.Length, LineLimit - line.Count)]);

    private void Consume(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (!line.IsEmpty)
            consume(Encoding.UTF8.GetString(line));
    }
}
