using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TaskGrid.Mail;

/// <summary>Registers what the <c>send_email</c> task needs.</summary>
public static class MailServiceExtensions
{
    /// <summary>
    /// Registers the mail server's connections and <see cref="MailOptions"/> from section <c>Mail</c>; wrong options end the
    /// host's start with an <see cref="OptionsValidationException"/>. The task itself is registered with the grid's builder.
    /// </summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MailOptions>, MailOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IMailer, SmtpPool>();
        return services;
    }
}
