using System.Text.Json;

namespace Faultline.Reports.Profiles;

/// <summary>The format of speedscope (its <c>file-format-schema.json</c>): one sampled profile, stacks outermost first.</summary>
public static class SpeedscopeWriter
{
    /// <summary>Writes the profile. The stream stays open.</summary>
    public static void Write(StackProfile profile, Stream stream)
    {
        Dictionary<ProfileFrame, int> frames = [];
        List<int[]> stacks = [];
        foreach (ProfileSample sample in profile.Samples)
        {
            // What was done, or the state, tells stacks apart that are equal else.
            string leaf = sample.Labels.Operation.Length > 0 ? sample.Labels.Operation : sample.Labels.State;
            IEnumerable<ProfileFrame> stack = sample.Frames.Reverse();
            stacks.Add([.. (leaf.Length > 0 ? stack.Append(new ProfileFrame($"[{leaf}]", "", 0)) : stack).Select(Number)]);
        }

        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", "faultline");
        json.WriteString("name", profile.Source);
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (ProfileFrame frame in frames.Keys)
        {
            json.WriteStartObject();
            json.WriteString("name", frame.Function.Length == 0 ? "(unknown)" : frame.Function);
            if (frame.File.Length > 0)
                json.WriteString("file", frame.File);
            if (frame.Line > 0)
                json.WriteNumber("line", frame.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", profile.Unit);
        json.WriteString("unit", "none");
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", profile.Samples.Sum(sample => sample.Count));
        json.WriteStartArray("samples");
        foreach (int[] stack in stacks)
        {
            json.WriteStartArray();
            foreach (int frame in stack)
                json.WriteNumberValue(frame);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (ProfileSample sample in profile.Samples)
            json.WriteNumberValue(sample.Count);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        int Number(ProfileFrame frame)
        {
            if (!frames.TryGetValue(frame, out int number))
                frames.Add(frame, number = frames.Count);
            return number;
        }
    }
}
