using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using StackExchange.Redis;

namespace TaskGrid.Deployment;

/// <summary>
/// A silo and a web application that have a secret of every kind, with a Redis that talks TLS and wants a password. They are used, refused and cut off, and
/// log all that there is to log; then whatever they have said, answered and stored is searched.
/// </summary>
public sealed class When_secrets_are_used
{
    private const string AdminKey = "canary-admin-key-0123456789-0123456789";
    private const string RedisPassword = "canary-redis-password";
    private const string MailPassword = "canary-mail-password";
    private const string WrongKey = "tg_0123456789abcdef_canary-of-a-wrong-key-456789012345678901234";
    private const string WebhookSecret = "Y2FuYXJ5LW9mLXdlYmhvb2tzLTAxMjM0NTY3ODktMDE=";

    private readonly List<string> _answers = [];

    [Fact]
    public async Task Nothing_that_is_said_answered_or_stored_has_one()
    {
        Need.Programs("redis-server");
        using var certificates = new Certificates();
        var tlsPort = Ports.Free();
        await using var redis = await RedisServer.StartAsync(settings:
        [
            "--tls-port", $"{tlsPort}", "--tls-cert-file", certificates.CertificateFile, "--tls-key-file", certificates.KeyFile,
            "--tls-ca-cert-file", certificates.AuthorityFile, "--tls-auth-clients", "no",
        ]);
        await LockAsync(redis, was: null, RedisPassword);
        using var mail = new DeafMailServer();
        var (environment, port) = (Settings(certificates, tlsPort, mail.Port), Ports.Free());
        await using var silo = await StartAsync("Silo", environment);
        environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        environment["ASPNETCORE_CONTENTROOT"] = Path.Combine(Repository.Root, "Client.Web");
        await using var web = await StartAsync("Client.Web", environment);

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { BaseAddress = new($"http://127.0.0.1:{port}") };
        var secrets = await UseKeysAsync(http);
        await UseTasksAsync(http, secrets[^1]);
        await UseWrongPasswordAsync(http, redis);
        await ReadAllAsync(http);
        await web.StopAsync();
        await silo.StopAsync();

        secrets = [.. secrets, AdminKey, RedisPassword, "canary-redis-other", MailPassword, WrongKey, WebhookSecret, Encoding.ASCII.GetString(Convert.FromBase64String(WebhookSecret))];
        var (said, stored) = (string.Join('\n', silo.AllOutput.Concat(web.AllOutput)), await StoredAsync(redis));
        var answered = string.Join('\n', _answers);
        foreach (var (place, text, known) in new[] { ("said", said, "Application started"), ("answered", answered, "canary-name"), ("stored", stored, "canary-name") })
        {
            // What is known to be there is found: so would be a secret.
            Assert.Contains(known, text, StringComparison.Ordinal);
            Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{secret} was {place}: {Around(text, secret)}"));
        }

        Assert.Contains("535", answered, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(Certificates certificates, int redisPort, int mailPort) => new()
    {
        ["ConnectionStrings__redis"] = $"127.0.0.1:{redisPort},ssl=true,password={RedisPassword}",
        // Where OpenSSL, and so .NET, looks for those that it trusts.
        ["SSL_CERT_FILE"] = certificates.AuthorityFile,
        ["Access__AdminKey"] = AdminKey,
        ["TaskGrid__Examples"] = "true",
        ["TaskGrid__SiloPort"] = $"{Ports.Free()}",
        ["TaskGrid__GatewayPort"] = $"{Ports.Free()}",
        ["TaskGrid__Webhooks__Secrets"] = $"whsec_{WebhookSecret}",
        ["TaskGrid__Webhooks__AllowedHosts"] = "127.0.0.1",
        ["Mail__Host"] = "127.0.0.1",
        ["Mail__Port"] = $"{mailPort}",
        ["Mail__Security"] = "None",
        ["Mail__UserName"] = "ada",
        ["Mail__Password"] = MailPassword,
        ["Logging__LogLevel__Default"] = "Trace",
        ["Logging__LogLevel__Microsoft"] = "Trace",
        ["Logging__LogLevel__Orleans"] = "Trace",
        ["Logging__LogLevel__Polly"] = "Trace",
        ["Logging__LogLevel__TaskGrid.Workers.WorkerService"] = "Trace",
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
    };

    private static Task<ServerProcess> StartAsync(string project, IReadOnlyDictionary<string, string> environment) =>
        ServerProcess.StartAsync(Path.Combine(AppContext.BaseDirectory, $"TaskGrid.{project}.dll"), "Application started", environment);

    /// <summary>Keys made, rotated, signed in with and got wrong; returns those that nobody may see again, the one to go on with last.</summary>
    private async Task<List<string>> UseKeysAsync(HttpClient http)
    {
        var first = await MadeAsync(http, "api/v1/keys", """{"name":"canary-name","roles":["submit","read","operate"]}""");
        var id = first.Split('_')[1];
        var second = await MadeAsync(http, $"api/v1/keys/{id}/rotate", "{}");

        using var signIn = new HttpRequestMessage(HttpMethod.Post, "signin") { Content = new FormUrlEncodedContent([KeyValuePair.Create("key", second)]) };
        using var signedIn = await http.SendAsync(signIn);
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie")).Split(';')[0];
        using var browser = new HttpRequestMessage(HttpMethod.Get, "api/v1/queues");
        browser.Headers.Add("Cookie", cookie);
        using var page = await http.SendAsync(browser);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        Assert.Equal(401, await SendAsync(http, HttpMethod.Get, "api/v1/queues", WrongKey));
        Assert.Equal(401, await SendAsync(http, HttpMethod.Get, "api/v1/queues", $"{AdminKey}.a.b"));
        // The secret halves: the ids are no secret.
        return [first.Split('_', 3)[2], cookie.Split('=')[1].Split('_', 3)[2], second.Split('_', 3)[2], second];
    }

    private async Task UseTasksAsync(HttpClient http, string key)
    {
        Assert.Equal(200, await SendAsync(http, HttpMethod.Post, "api/v1/tasks?wait=60", key, """{"task":"add","args":[1,2],"headers":{"x":"canary-name"},"webhook":"http://127.0.0.1:9/"}"""));
        Assert.Equal(200, await SendAsync(http, HttpMethod.Post, "api/v1/tasks?wait=60", key, """{"task":"fail","args":["no luck"],"maxAttempts":1}"""));
        Assert.Equal(200, await SendAsync(http, HttpMethod.Post, "api/v1/tasks?wait=60", key, """{"task":"send_email","id":"mail","args":["ada@example.com","hello"],"maxAttempts":1}"""));
        Assert.Equal(422, await SendAsync(http, HttpMethod.Post, "api/v1/tasks", key, """{"task":"add","args":["x"]}"""));
        Assert.Equal(403, await SendAsync(http, HttpMethod.Get, "api/v1/audit", key));
    }

    /// <summary>Redis has another password all of a sudden, and then the old one again.</summary>
    private async Task UseWrongPasswordAsync(HttpClient http, RedisServer redis)
    {
        await LockAsync(redis, RedisPassword, "canary-redis-other");
        await UntilAsync(async () => await SendAsync(http, HttpMethod.Post, "api/v1/tasks", AdminKey, """{"task":"add","args":[1,2]}""") == 503);
        await SendAsync(http, HttpMethod.Get, "api/v1/health", AdminKey);
        await SendAsync(http, HttpMethod.Get, "health/ready", AdminKey);
        await LockAsync(redis, "canary-redis-other", RedisPassword);
        await UntilAsync(async () => await SendAsync(http, HttpMethod.Post, "api/v1/tasks?wait=60", AdminKey, """{"task":"add","args":[1,2]}""") == 200);
    }

    private async Task ReadAllAsync(HttpClient http)
    {
        string[] all =
        [
            "health/live", "health/ready", "api/v1/health", "api/v1/tasks?limit=200", "api/v1/tasks/mail", "api/v1/tasks/mail/attempts", "api/v1/tasks/mail/log", "api/v1/queues", "api/v1/workers",
            "api/v1/task-types", "api/v1/stats", "api/v1/stats/errors", "api/v1/audit", "api/v1/keys", "metrics", "openapi/v1.json", "scalar", "ui", "signin", "nowhere",
        ];
        foreach (var path in all)
        {
            // Not all of it is well in the moment when the first submit is taken again.
            await UntilAsync(async () => await SendAsync(http, HttpMethod.Get, path, AdminKey) is >= 200 and < 500);
        }
    }

    private static async Task<string> MadeAsync(HttpClient http, string path, string json)
    {
        using var request = Request(HttpMethod.Post, path, AdminKey, json);
        using var answer = await http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private async Task<int> SendAsync(HttpClient http, HttpMethod method, string path, string key, string? json = null)
    {
        using var request = Request(method, path, key, json);
        using var answer = await http.SendAsync(request);
        _answers.Add($"{method} {path}: {answer}\n{await answer.Content.ReadAsStringAsync()}");
        return (int)answer.StatusCode;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string key, string? json)
    {
        var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", key);
        return request;
    }

    /// <summary>Gives Redis another password, and ends all connections that know the one before.</summary>
    private static async Task LockAsync(RedisServer redis, string? was, string password)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true{(was is null ? "" : $",password={was}")}");
        await admin.GetServers()[0].ConfigSetAsync("requirepass", password);
        await admin.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 120, $"It has not happened within 60 s: {_answers[^1]}");
            await tick.WaitForNextTickAsync();
        }
    }

    private static async Task<string> StoredAsync(RedisServer redis)
    {
        var files = Directory.GetFiles(Path.Combine(redis.Folder, "appendonlydir"), "*.aof");
        return string.Concat(await Task.WhenAll(files.Select(f => File.ReadAllTextAsync(f, Encoding.Latin1))));
    }

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 100)];
    }

    /// <summary>A mail server that asks for a login and takes none.</summary>
    private sealed class DeafMailServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public DeafMailServer()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await TalkAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
            {
                // The test is over, or the client is.
            }
        }

        private static async Task TalkAsync(NetworkStream stream)
        {
            using var reader = new StreamReader(stream, Encoding.ASCII);
            await SayAsync(stream, "220 deaf");
            while (await reader.ReadLineAsync() is { } line)
            {
                await SayAsync(stream, line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase) ? "250-deaf\r\n250 AUTH PLAIN" : line.StartsWith("AUTH", StringComparison.OrdinalIgnoreCase) ? "535 no such user" : "221 bye");
            }
        }

        private static Task SayAsync(NetworkStream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n")).AsTask();
    }
}
