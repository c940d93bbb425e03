using Microsoft.Extensions.Time.Testing;

namespace TaskGrid.Workers;

public sealed class SiloLifeTests
{
    private static readonly TimeSpan s_tooLong = SiloIncarnation.Lifetime + TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly SiloIncarnation _self;
    private readonly SiloLife _life;

    public SiloLifeTests()
    {
        _self = new(new SiloAddressStub(), _time);
        _life = new(_self);
    }

    [Fact]
    public void Guard_ASiloThatIsNotConfirmed_IsSuspendedOnceAndGoesOnOnceConfirmed()
    {
        Assert.Equal(GuardStep.Nothing, _life.Guard());
        _time.Advance(s_tooLong);
        Assert.Equal(GuardStep.Suspend, _life.Guard());
        Assert.Equal(GuardStep.Nothing, _life.Guard());
        Assert.True(_life.Confirm(_time.GetTimestamp()));
        Assert.Equal(GuardStep.Resume, _life.Guard());
        Assert.Equal(GuardStep.Nothing, _life.Guard());
    }

    [Fact]
    public void Guard_WhileASiloStartsAnew_LetsNothingGoOn()
    {
        _life.StartAnew();
        Assert.Equal(GuardStep.Suspend, _life.Guard());
        _life.Renew();
        Assert.Equal(GuardStep.Nothing, _life.Guard());
    }

    [Fact]
    public void Guard_ANewNameWhoseRegistrationWasNotAnswered_GoesOnWithTheFirstBeat()
    {
        _life.NoteFoundDead();
        _life.StartAnew();
        _life.Renew();
        Assert.False(_life.IsFoundDead);
        _life.Confirm(_time.GetTimestamp());
        Assert.Equal(GuardStep.Resume, _life.Guard());
    }

    [Fact]
    public void Confirm_ByAnAnswerThatWasSlow_CountsFromWhenTheBeatWasSent()
    {
        var sentAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(_life.Confirm(sentAt));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.False(_self.MayBegin);
        Assert.Equal(GuardStep.Suspend, _life.Guard());
    }

    [Fact]
    public void FindDead_ABeatThatTheStoreHasLost_IsNotTakenForOneThatStoodStill()
    {
        var beats = new Dictionary<string, string> { ["other"] = "7" };
        for (var second = 0; second < 6; second++)
        {
            Assert.Empty(_life.FindDead(TimeSpan.FromSeconds(second), beats));
        }

        _life.ForgetOthers();
        Assert.Empty(_life.FindDead(TimeSpan.FromSeconds(6), beats));
        for (var second = 7; second < 12; second++)
        {
            Assert.Empty(_life.FindDead(TimeSpan.FromSeconds(second), beats));
        }

        Assert.Equal([("other", "7")], _life.FindDead(TimeSpan.FromSeconds(12), beats));
    }
}
