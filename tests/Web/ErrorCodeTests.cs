using System.Reflection;
using TaskGrid.Errors;
using Xunit;

namespace TaskGrid.Tests.Web;

public sealed class ErrorCodeTests
{
    public static TheoryData<string> Codes => [.. All()];

    [Theory, MemberData(nameof(Codes))]
    public void Every_code_has_a_status(string code) => Assert.Contains(code, ProblemStatuses.Codes);

    [Fact]
    public void No_status_belongs_to_a_code_that_is_gone() => Assert.Equal(All().Order(), ProblemStatuses.Codes.Order());

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(408)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(500)]
    public void A_status_that_ASPNET_gives_by_itself_has_a_code_with_that_status(int status) =>
        Assert.Equal(status, ProblemStatuses.Of(ProblemStatuses.CodeOf(status)));

    private static IEnumerable<string> All() => ((Type[])[typeof(ErrorCodes), typeof(ApiErrorCodes)])
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetValue(null)!);
}
