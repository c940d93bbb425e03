namespace TaskGrid.Queues;

/// <summary>The line beside a plain list that says who has to be served, through any order of demands, answers and returns.</summary>
public sealed class TakeLineProperties
{
    [Fact]
    public void Line_AfterAnySteps_ServesWhoAsksForMostAndForgetsNobody() => Assert.Null(Property.Counterexample(MakeSteps, steps =>
    {
        var walk = new Walk();
        return steps.Steps.All(walk.Holds);
    }));

    private static Case MakeSteps(Random random) => new([.. Enumerable.Range(0, random.Next(2, 16)).Select(_ => new Step(
        random.One("ask", "ask", "repeat", "ask late", "serve", "serve", "answer", "put back", "put back unserved", "expire", "revive"), random.Next(3), random.Next(1, 4)))]);

    private sealed record Case(Step[] Steps)
    {
        public override string ToString() => string.Join(", ", Steps.AsEnumerable());
    }

    private sealed record Step(string What, int Worker, int Max);

    /// <summary>Takes the steps on the line and on the list.</summary>
    private sealed class Walk
    {
        private readonly TakeLine _line = new();
        private readonly List<Taker> _waiting = [];
        private readonly List<Taker> _served = [];
        private readonly Dictionary<int, Taker> _last = [];

        public bool Holds(Step step)
        {
            var worker = $"{step.Worker}~1";
            var last = _last.GetValueOrDefault(step.Worker);
            var served = _served.Find(t => t.Request.Worker == worker);
            var isRight = step.What switch
            {
                "repeat" when last is not null => _line.Add(last.Request) == last,
                "ask late" when last is not null => _line.Add(last.Request with { Sequence = last.Request.Sequence - 1 }) is null,
                "ask" => Ask(step, worker, last),
                "serve" => Serve(),
                "answer" when served is not null => Answer(served),
                "put back" when served is not null => PutBack(served, cannotServe: false),
                "put back unserved" when served is not null => PutBack(served, cannotServe: true),
                "expire" when last is not null => Expire(last),
                "revive" => Revive(),
                _ => true,
            };
            return isRight && _line.IsEmpty == (_waiting.Count == 0) && _line.Next() == First() && NobodyIsForgotten();
        }

        private bool Ask(Step step, string worker, Taker? last)
        {
            var taker = _line.Add(new(worker, "caps", (last?.Request.Sequence ?? 0) + 1, step.Max, step.Max, TimeSpan.FromSeconds(1)))!;
            _waiting.RemoveAll(t => t == last);
            _waiting.Add(taker);
            _last[step.Worker] = taker;
            // One that is being served has its answer to come.
            return last is null || last.Answer.Task.IsCompletedSuccessfully != _served.Contains(last);
        }

        private bool Serve()
        {
            if (_line.Next() is not { } taker)
            {
                return true;
            }

            _served.Add(taker);
            return _line.Remove(taker) && _waiting.Remove(taker);
        }

        private bool Answer(Taker taker)
        {
            taker.Answer.TrySetResult(TakeReply.Empty);
            return _served.Remove(taker);
        }

        private bool PutBack(Taker taker, bool cannotServe)
        {
            taker.CannotServe = cannotServe;
            _line.PutBack(taker);
            _served.Remove(taker);
            if (!taker.IsExpired && _last.ContainsValue(taker))
            {
                _waiting.Insert(0, taker);
                return true;
            }

            return taker.Answer.Task.IsCompletedSuccessfully;
        }

        private bool Expire(Taker taker)
        {
            if (_line.Remove(taker))
            {
                taker.Answer.TrySetResult(TakeReply.Empty);
                return _waiting.Remove(taker);
            }

            taker.IsExpired = true;
            return true;
        }

        private bool Revive()
        {
            _line.Revive();
            _waiting.ForEach(t => t.CannotServe = false);
            return true;
        }

        private Taker? First() => _waiting.Where(t => !t.CannotServe).MaxBy(t => t.Request.Max);

        // Whoever asked last waits, is being served, or has an answer.
        private bool NobodyIsForgotten() => _last.Values.All(t => _waiting.Contains(t) || _served.Contains(t) || t.Answer.Task.IsCompleted);
    }
}
