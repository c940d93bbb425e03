namespace TaskGrid.Deployment;

public sealed class When_the_images_are_made_by_hand
{
    [Fact]
    public async Task Their_contents_form_a_cluster_that_runs_a_task()
    {
        Need.Programs("redis-server", "curl", "git");

        var output = await Script.RunAsync(Repository.Root, "bash", "deploy/check-images.sh");

        Assert.Contains("The images' contents work", output, StringComparison.Ordinal);
    }
}
