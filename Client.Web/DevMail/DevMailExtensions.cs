using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TaskGrid.DevMail;

/// <summary>A mailbox for development inside the web application: what the grid sends can be read there and goes nowhere else.</summary>
public static class DevMailExtensions
{
    /// <summary>
    /// Takes mail by SMTP on a loopback port (<see cref="DevMailOptions"/>) and keeps the last 500 in memory. In Development
    /// the example tasks of all silos on this machine send to it, unless <c>Mail:Host</c> is configured.
    /// </summary>
    /// <exception cref="InvalidOperationException">The environment is Production: mail that people wait for would be lost.</exception>
    public static IHostApplicationBuilder AddDevMail(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsProduction())
        {
            throw new InvalidOperationException("The development mailbox keeps mail in memory and sends none on, so it does not run in Production. Configure a mail server with Mail__Host.");
        }

        builder.Services.AddOptions<DevMailOptions>().BindConfiguration(DevMailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<DevMailbox>();
        builder.Services.AddSingleton<SmtpSink>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SmtpSink>());
        return builder;
    }

    /// <summary>
    /// Maps <c>GET</c> and <c>DELETE /dev/mail</c>, <c>GET /dev/mail/{id}</c> and <c>GET /dev/mail/server</c>. Needs <see cref="AddDevMail"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapDevMail(this IEndpointRouteBuilder endpoints)
    {
        var mail = endpoints.MapGroup("/dev/mail").WithTags("Development mailbox");
        mail.MapGet("", DevMailApi.List).WithName("ListDevMail").WithSummary("The kept mails, newest first");
        mail.MapGet("{id:long}", DevMailApi.Read).WithName("ReadDevMail").WithSummary("One mail with text and headers");
        mail.MapGet("server", DevMailApi.Server).WithName("DevMailServer").WithSummary("Where mail is taken, and whether");
        mail.MapDelete("", DevMailApi.Clear).WithName("ClearDevMail").WithSummary("Forgets all mails");
        return endpoints;
    }
}
