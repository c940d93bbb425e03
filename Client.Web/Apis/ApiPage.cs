using Scalar.AspNetCore;
using TaskGrid.Access;

namespace TaskGrid.Apis;

/// <summary>The page <c>/scalar</c>: the OpenAPI document to read and to try out, with nothing that is not served from here.</summary>
internal static class ApiPage
{
    public static IEndpointConventionBuilder MapApiPage(this IEndpointRouteBuilder endpoints) => endpoints.MapScalarApiReference((options, http) => options
        .WithTitle("TaskGrid API")
        .DisableDefaultFonts()
        .DisableAgent()
        .DisableMcp()
        .HideDeveloperTools()
        .HideClientButton()
        .WithDynamicBaseServerUrl()
        .WithNonce(SecurityHeaders.AllowScript(http)));
}
