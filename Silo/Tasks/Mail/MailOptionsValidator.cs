using Microsoft.Extensions.Options;
using MimeKit;

namespace TaskGrid.Mail;

/// <summary>Says at the host's start what would otherwise fail every mail.</summary>
internal sealed class MailOptionsValidator : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(MailOptions options)
    {
        if (options.Port is < 1 or > 65535)
        {
            yield return $"Mail:Port must be 1 to 65535, not {options.Port}.";
        }

        if (!Enum.IsDefined(options.Security))
        {
            yield return "Mail:Security must be StartTls, SslOnConnect or None.";
        }

        if (string.IsNullOrEmpty(options.UserName) != string.IsNullOrEmpty(options.Password))
        {
            yield return "Mail:UserName and Mail:Password belong together: set both or neither.";
        }

        if (!MailboxAddress.TryParse(options.From, out var from) || EmailAddress.Check(from.Address) is not null)
        {
            yield return "Mail:From must be one address, such as TaskGrid <noreply@example.com>.";
        }

        if (EmailAddress.Check($"id@{options.MessageIdDomain}") is not null)
        {
            yield return "Mail:MessageIdDomain must be a domain, such as example.com.";
        }

        if (options.Timeout < TimeSpan.FromMilliseconds(100) || options.Timeout > TimeSpan.FromMinutes(10))
        {
            yield return "Mail:Timeout must be 100 ms to 10 minutes, such as 00:00:30.";
        }

        if (options.MaxConnections is < 1 or > 100)
        {
            yield return $"Mail:MaxConnections must be 1 to 100, not {options.MaxConnections}.";
        }
    }
}
