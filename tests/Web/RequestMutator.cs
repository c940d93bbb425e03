using System.Text;

namespace TaskGrid.Tests.Web;

/// <summary>Makes requests that are nearly right.</summary>
internal sealed class RequestMutator(Random random)
{
    private static readonly (string Method, string Target, string? Body)[] s_good =
    [
        ("POST", "/api/v1/tasks", """{"task":"add","args":{"x":2,"y":3},"priority":5,"delay":3600.5,"maxAttempts":3,"queue":"odd","tags":["a"],"headers":{"x":"y"}}"""),
        ("POST", "/api/v1/tasks?wait=0.1", """{"task":"add","args":[2,3],"idempotencyKey":"k","deduplication":{"key":"a","mode":"throttle","period":1}}"""),
        ("POST", "/api/v1/tasks", """{"task":"add","args":[1,2],"backoff":{"kind":"linear","delay":1},"expiresAfter":60,"deadlineAt":"2100-01-31T09:30:00Z","concurrencyKey":"t","concurrencyLimit":2}"""),
        ("POST", "/api/v1/tasks/batch", """[{"task":"add","args":[1,2],"id":"fixed"},{"task":"nobody"}]"""),
        ("GET", "/api/v1/tasks?state=Failed&queue=odd*&task=add&tag=a&since=2026-01-01T00:00:00Z&text=x&limit=20&cursor=10.10", null),
        ("GET", "/api/v1/tasks?state=Scheduled&limit=1", null),
        ("GET", "/api/v1/tasks?parent=fixed&until=2100-01-01T00:00:00%2B02:00", null),
        ("GET", "/api/v1/tasks?state=Running&worker=127.0.0.1:11111@154867397~1", null),
        ("GET", "/api/v1/tasks/fixed?wait=0.1", null),
        ("GET", "/api/v1/tasks/fixed/result", null),
        ("GET", "/api/v1/tasks/fixed/attempts", null),
        ("GET", "/api/v1/tasks/fixed/log", null),
        ("GET", "/api/v1/tasks/fixed/events", null),
        ("POST", "/api/v1/tasks/fixed/cancel", null),
        ("POST", "/api/v1/tasks/fixed/retry", null),
        ("PATCH", "/api/v1/tasks/fixed", """{"queue":"even","priority":9,"dueAt":"2100-01-31T09:30:00+02:00"}"""),
        ("DELETE", "/api/v1/tasks/fixed", null),
        ("GET", "/api/v1/events?state=Succeeded&queue=o*", null),
        ("GET", "/api/v1/queues", null),
        ("GET", "/api/v1/queues/odd", null),
        ("PUT", "/api/v1/queues/odd", """{"defaults":{"maxAttempts":"forever"},"limits":{"concurrency":5,"rate":"100/m burst 20"},"eachKeyLimits":{"concurrency":1},"fair":true}"""),
        ("POST", "/api/v1/queues/odd/pause", null),
        ("POST", "/api/v1/queues/odd/resume", null),
        ("GET", "/api/v1/workers", null),
        ("PUT", "/api/v1/workers/nobody/queues", """{"queues":["*"]}"""),
        ("POST", "/api/v1/workers/nobody/drain", null),
        ("POST", "/api/v1/bulk", """{"action":"cancel","queue":"odd","task":"add"}"""),
        ("POST", "/api/v1/bulk", """{"action":"forget","state":"failed","queue":"o*","text":"x","parent":"p","worker":"w*","since":"2030-01-31T08:00:00Z","until":"2099-01-31T08:00:00Z"}"""),
        ("POST", "/api/v1/bulk/count", """{"action":"move","tag":"t","queue":"even","target":"odd"}"""),
        ("GET", "/api/v1/bulk/nothing", null),
        ("GET", "/api/v1/stats", null),
        ("GET", "/api/v1/stats/errors?limit=5", null),
        ("GET", "/api/v1/task-types", null),
        ("GET", "/api/v1/task-types/add", null),
        ("GET", "/api/v1/audit?limit=5&cursor=9", null),
        ("GET", "/api/v1/health", null),
        ("GET", "/api/v1/keys", null),
        ("POST", "/api/v1/keys", """{"name":"x","roles":["read"],"queues":["a*"],"tasks":["b"]}"""),
        ("GET", "/metrics", null),
        ("GET", "/openapi/v1.json", null),
        ("GET", "/health/ready", null),
    ];

    private static readonly string[] s_methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "FOO", "G\u00e9T"];

    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\uD800", "null", "-", "e999", "0", "\0", "\u00e9", "{\"\":", "\"task\":", "1e5", "/*", "true", "9007199254740993", "\r\n", "  ",
    ];

    private static readonly string[] s_words =
        ["%00", "%2e%2e%2f", "..", "//", "?", "&", "=", "#", "%", "%zz", "%ff", "a b", "*", "{g}", "\u202e", "%E2%80%AE", ";", "'", "\"", "<script>", "999999999999999999999", "-1", "NaN", "%0d%0a", "~", "+"];

    private static readonly (string Name, string Value)[] s_headers =
    [
        ("Content-Type", "application/json; charset=utf-7"), ("Content-Type", "text/plain"), ("Content-Encoding", "gzip"), ("Idempotency-Key", "k"), ("Idempotency-Key", ""),
        ("Idempotency-Key", "\u00e9\u00e9"), ("Prefer", "wait=1"), ("Prefer", "wait=x, respond-async; a=b"), ("If-None-Match", "\"1\", W/\"2\", *"), ("If-None-Match", "nonsense"),
        ("Last-Event-ID", "1.1"), ("Last-Event-ID", "99999999999999999999.1"), ("Authorization", "Bearer tg_x"), ("Authorization", "Basic eA=="), ("X-Api-Key", "tg_y"), ("Accept", "text/html"),
        ("Accept", "*/*;q=x"), ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site"), ("X-Forwarded-For", "1.2.3.4"), ("Host", "elsewhere.example"), ("Expect", "100-continue"),
        ("Expect", "200-ok"), ("Transfer-Encoding", "chunked"), ("Content-Length", "5"), ("Cookie", "a=b; =; taskgrid"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("traceparent", "nonsense"), ("Range", "bytes=0-1"), ("Connection", "upgrade"), ("Upgrade", "h2c"), ("X", "\u0001"), ("", "nothing"),
    ];

    public RawRequest Next()
    {
        var (method, target, body) = s_good[random.Next(s_good.Length)];
        var headers = body is null ? new List<(string, string)>() : [("Content-Type", "application/json")];
        var bytes = body is null ? null : Encoding.UTF8.GetBytes(body);
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            switch (random.Next(8))
            {
                case 0:
                    method = s_methods[random.Next(s_methods.Length)];
                    break;
                case 1 or 2:
                    target = Change(target, s_words);
                    break;
                case 3:
                    headers.Add(s_headers[random.Next(s_headers.Length)]);
                    break;
                case 4 when bytes is null:
                    bytes = Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]);
                    break;
                default:
                    bytes = bytes is null ? null : Change(bytes);
                    break;
            }
        }

        return new(method, target, headers, bytes);
    }

    private string Change(string text, string[] words)
    {
        var at = random.Next(1, text.Length + 1);
        return random.Next(3) switch
        {
            0 => text[..at],
            1 => text[..at] + words[random.Next(words.Length)] + text[at..],
            _ => text[..at] + words[random.Next(words.Length)],
        };
    }

    private byte[] Change(byte[] body)
    {
        var bytes = body.ToList();
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(4))
        {
            case 0 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 when at < bytes.Count:
                bytes.RemoveRange(at, random.Next(1, bytes.Count - at + 1));
                break;
            default:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]));
                break;
        }

        return [.. bytes];
    }
}
