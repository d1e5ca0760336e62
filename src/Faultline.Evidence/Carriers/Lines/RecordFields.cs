namespace Faultline.Evidence.Carriers.Lines;

/// <summary>The fields of one JSON record that matter, as raw tokens of the line.</summary>
internal ref struct RecordFields
{
    /// <summary>Docker's and its shippers' <c>log</c>.</summary>
    public ReadOnlySpan<byte> Log;

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public ReadOnlySpan<byte> Stream;

    /// <summary>journald's <c>MESSAGE</c>.</summary>
    public ReadOnlySpan<byte> Journal;

    /// <summary><c>go test -json</c>, and <c>go build -json</c> of Go 1.24 and newer.</summary>
    public ReadOnlySpan<byte> Action;

    public ReadOnlySpan<byte> Package;

    public ReadOnlySpan<byte> Output;

    /// <summary>A logger's message.</summary>
    public ReadOnlySpan<byte> Message;

    /// <summary>Another string that holds a traceback.</summary>
    public ReadOnlySpan<byte> Trace;

    /// <summary>The systemd unit, or the container of a shipper.</summary>
    public ReadOnlySpan<byte> Unit;

    public ReadOnlySpan<byte> Pod;

    public ReadOnlySpan<byte> Container;

    public bool HasLog;

    public bool HasJournal;

    public bool HasOutput;

    public bool HasMessage;

    /// <summary><see cref="Journal"/> is an array of numbers: journald writes a message so that is not plain text.</summary>
    public bool IsJournalArray;

    /// <summary>The message goes on in the next record.</summary>
    public bool IsPartial;

    /// <summary>Sorts a string field in.</summary>
    public void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isEscaped)
    {
        if (name.SequenceEqual("log"u8))
        {
            Log = value;
            HasLog = true;
        }
        else if (name.SequenceEqual("stream"u8))
        {
            Stream = value.SequenceEqual("stdout"u8) || value.SequenceEqual("stderr"u8) ? value : Stream;
        }
        else if (name.SequenceEqual("MESSAGE"u8))
        {
            Journal = value;
            HasJournal = true;
            IsJournalArray = false;
        }
        else if (name.SequenceEqual("Action"u8))
        {
            Action = value;
        }
        else if (name.SequenceEqual("Package"u8) || (Package.IsEmpty && name.SequenceEqual("ImportPath"u8)))
        {
            Package = value;
        }
        else if (name.SequenceEqual("Output"u8))
        {
            Output = value;
            HasOutput = true;
        }
        else if (!HasMessage && IsMessage(name))
        {
            Message = value;
            HasMessage = true;
        }
        else if (name.SequenceEqual("CONTAINER_PARTIAL_MESSAGE"u8))
        {
            IsPartial = value.SequenceEqual("true"u8);
        }
        else if (!TakeOrigin(name, value) && Trace.IsEmpty && IsTrace(value, isEscaped))
        {
            Trace = value;
        }
    }

    public void TakeJournalArray(ReadOnlySpan<byte> numbers)
    {
        Journal = numbers;
        HasJournal = IsJournalArray = true;
    }

    private bool TakeOrigin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("CONTAINER_NAME"u8) || (Unit.IsEmpty && (name.SequenceEqual("_SYSTEMD_UNIT"u8) || name.SequenceEqual("SYSLOG_IDENTIFIER"u8))))
            Unit = value;
        else if (name.SequenceEqual("pod_name"u8) || name.SequenceEqual("pod"u8))
            Pod = value;
        else if (name.SequenceEqual("container_name"u8) || name.SequenceEqual("container"u8))
            Container = value;
        else
            return false;
        return true;
    }

    private static bool IsTrace(ReadOnlySpan<byte> value, bool isEscaped) =>
        CrashText.MayOpen(value) || (isEscaped && value.IndexOf("goroutine "u8) >= 0 && value.IndexOf("\\n"u8) >= 0);

    private static bool IsMessage(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => name.SequenceEqual("msg"u8),
        4 => name.SequenceEqual("text"u8) || name.SequenceEqual("body"u8) || name.SequenceEqual("Body"u8) || name.SequenceEqual("line"u8),
        5 => name.SequenceEqual("event"u8),
        7 => name.SequenceEqual("message"u8) || name.SequenceEqual("Message"u8),
        11 => name.SequenceEqual("textPayload"u8),
        12 => name.SequenceEqual("full_message"u8),
        13 => name.SequenceEqual("short_message"u8),
        _ => false,
    };
}
