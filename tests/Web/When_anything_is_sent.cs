using System.Text;
using TaskGrid.Errors;
using Xunit;

namespace TaskGrid.Tests.Web;

/// <summary>Bodies made from good ones by chance, with a fixed seed: whatever comes, it is accepted or refused with a known code.</summary>
public sealed class When_anything_is_sent(SingleProcess process)
{
    private const int Bodies = 3000;
    private const int Seed = 20260501;

    private static readonly string[] s_good =
    [
        """{"task":"add","args":{"x":2,"y":3},"priority":5,"delay":3600.5,"maxAttempts":3,"queue":"odd"}""",
        """{"task":"add","args":[9007199254740993,-1],"dueAt":"2100-01-31T09:30:00Z","id":null}""",
        """[{"task":"echo","args":{"text":"\uD83D\uDE00 \u0000"},"delay":3600},{"task":"sleep","args":[0.5],"delay":3600}]""",
    ];

    private static readonly string[] s_pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\u", "\\uD800", "null", "-", "e999", "0", "\0", "\u00e9", "{\"\":", "\"task\":", "1e5", "/*"];

    [Fact]
    public async Task The_answer_is_never_a_mistake_of_the_server()
    {
        var random = new Random(Seed);
        var answers = new Dictionary<int, int>();
        for (var i = 0; i < Bodies; i++)
        {
            var body = Mutate(s_good[random.Next(s_good.Length)], random);
            using var response = await process.Client.PostBytesAsync(random.Next(2) == 0 ? Http.Tasks : $"{Http.Tasks}/batch", body, "application/json");
            var status = (int)response.StatusCode;
            answers[status] = answers.GetValueOrDefault(status) + 1;
            if (status is not (200 or 202))
            {
                var code = (await response.JsonAsync()).Text("code");
                Assert.True(status < 500 && ProblemStatuses.Of(code) == status, $"Body {i} of seed {Seed} was answered {status} {code}: {Encoding.UTF8.GetString(body)}");
            }
        }

        Assert.True(answers.GetValueOrDefault(400) > 100, "The bodies were hardly ever wrong.");
        Assert.True(answers.GetValueOrDefault(202) > 10, "The bodies were hardly ever right.");
    }

    private static byte[] Mutate(string good, Random random)
    {
        var body = Encoding.UTF8.GetBytes(good).ToList();
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(4))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveAt(at);
                    break;
                case 2:
                    body.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]));
                    break;
                default:
                    body.RemoveRange(at, random.Next(1, body.Count - at + 1));
                    body.Add((byte)'}');
                    break;
            }
        }

        return [.. body];
    }
}
