using System.Diagnostics;
using TaskGrid.Kit;
using TaskGrid.Tests.Web.Access;
using Xunit;

namespace TaskGrid.Tests.Web.Clients;

/// <summary>Programs in other languages: what the grid's document and its answers are worth to them.</summary>
public sealed class ClientProgramTests(ClosedProcess process)
{
    private static readonly string s_programs = Path.Combine(Repository.Root, "tests", "Web", "Clients");

    [Fact]
    public async Task A_python_program_needs_nothing_but_its_standard_library()
    {
        Assert.SkipWhen(Programs.Find("python3") is null, "python3 is not installed (Debian: apt-get install python3)");
        var said = await RunAsync(s_programs, "python3", "python/client.py", Address, await KeyAsync());
        Assert.Equal(
            ["result 5", "same True", "state Scheduled", "cancel Cancelled", "refused 409 task_cancelled", "batch [202, 202, 202, 422]", "results [0, 2, 4]", "list True", "queues True"],
            said);
    }

    /// <summary>The types are made of the document, and the compiler holds the program to them.</summary>
    [Fact]
    public async Task A_typescript_program_is_checked_against_the_document_and_runs()
    {
        Assert.SkipWhen(Programs.Find("npm") is null || Programs.Find("node") is null, "node and npm are not installed (Debian: apt-get install nodejs npm)");
        var folder = Directory.CreateTempSubdirectory("taskgrid-typescript-").FullName;
        foreach (var file in new[] { ".npmrc", "client.ts", "package.json", "package-lock.json", "tsconfig.json" })
        {
            File.Copy(Path.Combine(s_programs, "typescript", file), Path.Combine(folder, file));
        }

        using (var document = await process.Admin.ReadAsync("/openapi/v1.json"))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), await document.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        }

        await RunAsync(folder, "npm", "ci", "--no-audit", "--no-fund");
        await RunAsync(folder, "npm", "run", "generate");
        await RunAsync(folder, "npm", "run", "check");
        var said = await RunAsync(folder, "node", "client.js", Address, await KeyAsync());
        Assert.Equal(
            ["state Succeeded 5", "moved elsewhere", "cancel Cancelled", "none 404 task_not_found", "batch 202 422", "listed true true", "queues true", "slots true"],
            said);

        // A program that the document does not allow is found out.
        var program = await File.ReadAllTextAsync(Path.Combine(folder, "client.ts"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "client.ts"), program.Replace("priority: 9", "priority: \"high\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(folder, "npm", "run", "check"));
        Assert.Contains("Type 'string' is not assignable to type 'number'", wrong.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private string Address => process.Admin.BaseAddress!.ToString();

    private async Task<string> KeyAsync() => (await process.KeyAsync("""{"name":"a program","roles":["submit","operate"]}""")).Key;

    private static async Task<string[]> RunAsync(string folder, string program, params string[] words)
    {
        using var run = Process.Start(new ProcessStartInfo(program, words) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(3));
        return run.ExitCode == 0
            ? (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"{program} {string.Join(' ', words)} ended with {run.ExitCode}:\n{await output}\n{await errors}");
    }
}
