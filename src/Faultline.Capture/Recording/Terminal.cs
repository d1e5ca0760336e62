namespace Faultline.Capture.Recording;

/// <summary>The terminal that the user sits at.</summary>
internal static class Terminal
{
    /// <summary>True when there is one: its keys then send signals to the program as well.</summary>
    public static bool IsControlling()
    {
        try
        {
            using FileStream terminal = new("/dev/tty", FileMode.Open, FileAccess.Read);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
