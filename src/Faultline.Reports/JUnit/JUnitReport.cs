using System.Globalization;
using System.Text;
using System.Xml;
using Faultline.Diagnosis.Verdicts;
using Faultline.Reports.Findings;

namespace Faultline.Reports.JUnit;

/// <summary>The report for what collects test results: one test case a fault, and each has failed.</summary>
public static class JUnitReport
{
    private const int FactsShown = 20;
    private const int MostLine = 2_000;

    /// <summary>Writes UTF-8 with a final newline. The stream stays open.</summary>
    /// <param name="subject">What happened.</param>
    /// <param name="stream">Where it goes.</param>
    /// <param name="written">When the report is made; the format wants a time.</param>
    public static void Write(ReportSubject subject, Stream stream, DateTimeOffset written)
    {
        FindingList list = FindingList.Of(subject);
        XmlWriterSettings settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n", CloseOutput = false };
        using (XmlWriter xml = XmlWriter.Create(stream, settings))
        {
            string count = list.Findings.Count.ToString(CultureInfo.InvariantCulture);
            xml.WriteStartElement("testsuites");
            xml.WriteStartElement("testsuite");
            foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)[
                ("name", "faultline"), ("tests", count), ("failures", count), ("errors", "0"), ("time", "0"), ("timestamp", written.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
                // The format wants a host, and says to write this where it is not known: it is nobody's business here.
                ("hostname", "localhost"), ("id", "0"), ("package", "faultline")])
                xml.WriteAttributeString(name, value);
            xml.WriteStartElement("properties");
            Property(xml, "faultline.format", "junit/1");
            xml.WriteEndElement();
            foreach (Finding finding in list.Findings)
                Write(xml, finding);
            xml.WriteElementString("system-out", "");
            xml.WriteElementString("system-err", string.Join('\n', list.Diagnostics.Select(remark => FindingText.Plain($"{remark.Id} {remark.Source}: {remark.Message}", MostLine))));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        stream.Write("\n"u8);
    }

    private static void Write(XmlWriter xml, Finding finding)
    {
        string where = finding.Sides.Count > 0 ? $" in {string.Join(" and ", finding.Sides.Select(side => side.Function.Length > 0 ? side.Function : "?"))}" : "";
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", FindingText.Plain(finding.Headline + where, MostLine));
        xml.WriteAttributeString("classname", finding.Kind);
        xml.WriteAttributeString("time", "0");
        xml.WriteStartElement("failure");
        xml.WriteAttributeString("type", finding.Confidence is { } confidence ? Word(confidence) : "no-verdict");
        xml.WriteAttributeString("message", FindingText.Plain(finding.Summary, MostLine));
        xml.WriteString(string.Join('\n', FindingText.Lines(finding, FactsShown).Select(line => FindingText.Plain(line, MostLine))));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Word(Confidence confidence) => confidence switch
    {
        Confidence.Confirmed => "confirmed",
        Confidence.Probable => "probable",
        _ => "possible",
    };

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", value);
        xml.WriteEndElement();
    }
}
