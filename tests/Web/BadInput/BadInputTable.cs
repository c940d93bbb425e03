using System.Reflection;
using TaskGrid.Tests.Web.Access;
using Xunit;

namespace TaskGrid.Tests.Web.BadInput;

/// <summary>
/// What is sent to the grid by mistake or in bad faith, what comes of it, and the test that sends it: over a real socket to a real silo, unless it
/// stands in another project. Rows on schedules, workflows and groups come with those.
/// </summary>
public sealed class BadInputTable(ITestOutputHelper output)
{
    private static readonly Row[] s_rows =
    [
        new("An empty, blank or truncated body", "400 invalid_json with line and byte", Of<BadSubmitTests>(
            nameof(BadSubmitTests.A_body_that_is_not_strict_json_is_refused), nameof(BadSubmitTests.A_syntax_error_is_shown_where_it_is))),
        new("Two documents, trailing garbage, comments, trailing commas, a byte order mark, the same member twice", "400 invalid_json", Of<BadSubmitTests>(nameof(BadSubmitTests.A_body_that_is_not_strict_json_is_refused))),
        new("Half a surrogate pair; bytes that are not UTF-8", "400 invalid_json", Of<BadSubmitTests>(nameof(BadSubmitTests.A_body_that_is_not_strict_json_is_refused), nameof(BadSubmitTests.A_body_that_is_not_utf8_is_refused))),
        new("64, 10,000 and 1,000,000 levels of nesting", "400 invalid_json", Of<BadSubmitTests>(nameof(BadSubmitTests.A_body_that_is_not_strict_json_is_refused))),
        new("An array, a string, a number or null instead of a submit; members of the wrong type", "400 invalid_request", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("Members that nobody knows, $type and __proto__ among them", "400 unknown_field, with its name", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("$type, $ref and __proto__ in arguments", "data, never a type", Of<BadOutcomeTests>(nameof(BadOutcomeTests.A_type_name_in_arguments_is_data))),
        new("A body over the limit, with its length or in chunks", "413 payload_too_large", Of<BodySizeTests>(nameof(BodySizeTests.A_body_of_one_byte_too_many_is_refused), nameof(BodySizeTests.A_body_without_length_is_cut_off_at_the_limit))),
        new("Another content type, charset or encoding; compressed, whatever it would grow to", "415 unsupported_media_type", Of<BadSubmitTests>(nameof(BadSubmitTests.Another_type_or_encoding_is_refused))),
        new("Headers or bodies that never end, by hundreds", "408, others are served", Of<SlowClientTests>(
            nameof(SlowClientTests.Many_whose_headers_never_end_are_answered_408_and_others_are_served_meanwhile), nameof(SlowClientTests.A_body_that_comes_a_byte_a_second_is_answered_408))),
        new("Who asks for much and reads nothing", "cut off", Of<SlowClientTests>(nameof(SlowClientTests.Who_asks_for_much_and_reads_nothing_is_cut_off))),
        new("A request with two ends", "400, the connection is closed, what it hides is not done", Of<SmuggledRequestTests>(nameof(SmuggledRequestTests.What_has_two_ends_is_refused_and_what_it_hides_is_not_done))),
        new("A task name that is a path, a CLR type, empty or endless; one that nobody runs", "400 invalid_task_name, 422 unknown_task", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("Arguments too few, too many or of the wrong type; numbers that do not fit", "422 invalid_arguments, with the parameter, at the submit", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("NaN, Infinity, leading zeros", "400 invalid_json", Of<BadSubmitTests>(nameof(BadSubmitTests.A_body_that_is_not_strict_json_is_refused))),
        new("2^53 + 1, strange text", "arrives as it was sent", Of<SubmitTests>(nameof(SubmitTests.Strange_text_arrives_as_it_was_sent)), Of<HttpClientTests>(nameof(HttpClientTests.A_task_is_submitted_waited_for_and_read))),
        new("A delay that is negative, endless or a text; delay and instant together", "422 invalid_delay, 400 invalid_request", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("An instant in the far past", "at once", Of<SubmitTests>(nameof(SubmitTests.An_instant_in_the_past_means_at_once))),
        new("Expires before it is due", "Cancelled, expired", Of<BadOutcomeTests>(nameof(BadOutcomeTests.What_expires_before_it_is_due_is_accepted_and_expires))),
        new("Attempts, backoff, limits, priority, queue, tags and headers out of range", "422 with the member", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("An id that is a path, a key of the store, an escape sequence, a line end, empty or endless", "400 invalid_id", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name)), Of<ReadTests>(nameof(ReadTests.An_id_that_can_be_none_is_refused))),
        new("The same idempotency key a hundred times at once", "one task", Of<BadOutcomeTests>(nameof(BadOutcomeTests.The_same_key_a_hundred_times_at_once_is_one_task))),
        new("The same idempotency key with other content", "422 idempotency_key_reused", Of<RequestHeaderTests>(nameof(RequestHeaderTests.The_same_key_is_the_same_task_with_and_without_quotation_marks))),
        new("The same idempotency key from two callers", "two tasks", Of<ScopeTests>(nameof(ScopeTests.An_idempotency_key_is_that_of_whoever_sends_it))),
        new("An id or key of a task that has been forgotten", "refused within the window, a new task after it", In("tests/Store/RetentionTests.cs", "Prune_WithinTheIdempotencyWindow_LeavesATombstoneThatRefusesTheId")),
        new("The grid's own task names, queues and ids", "400, 422: what they do for one user would tell another's tasks", Of<BadSubmitTests>(nameof(BadSubmitTests.A_submit_that_makes_no_sense_is_refused_by_name))),
        new("Line ends in an address, subject or name", "422 invalid_address, never sent", In("tests/Mail/When_a_mail_cannot_be_sent.cs", "Arguments_that_the_checks_refuse_never_reach_the_server")),
        new("A webhook inside of the network, by name, address or redirect", "422, or not called", Of<WebhookTests>(nameof(WebhookTests.A_name_of_an_address_that_is_not_public_is_not_called), nameof(WebhookTests.A_redirect_is_not_followed))),
        new("A batch of more than 1,000 tasks, or that is none", "422 batch_too_large, 400 invalid_request", Of<BatchTests>(nameof(BatchTests.A_thousand_submits_are_taken_and_one_more_is_refused))),
        new("A result that is too large or can't be written", "Failed, the silo lives", In("tests/Scenarios/When_a_handler_fails.cs", "Results_that_cannot_be_stored_fail_the_task_and_the_silo_lives")),
        new("An exception of 10 MB, of 1,000 inner ones, or that throws itself when read", "Failed, cut to size", Of<BadOutcomeTests>(nameof(BadOutcomeTests.An_exception_of_any_size_is_kept_cut_to_size))),
        new("A list's limit, cursor, instant or name that can be none; members that nobody knows", "400, 422", Of<ListTests>(nameof(ListTests.What_cannot_be_read_is_refused), nameof(ListTests.A_cursor_of_nowhere_leads_to_the_end_or_the_beginning))),
        new("A wait of years, or that is no number", "400 invalid_request", Of<BadSubmitTests>(nameof(BadSubmitTests.A_wait_that_is_no_number_of_seconds_is_refused))),
        new("Cancelling what is unknown or final, or twice", "404, 409, 200", Of<CancelTests>(
            nameof(CancelTests.An_unknown_task_cannot_be_cancelled), nameof(CancelTests.A_finished_task_cannot_be_cancelled), nameof(CancelTests.A_task_that_waits_is_cancelled_at_once_and_again))),
        new("Changing or retrying what runs or is final", "409", Of<QueueTests>(nameof(QueueTests.A_waiting_task_is_changed_and_a_final_one_is_not))),
        new("No key, a wrong, expired or revoked one, one in the address; a header of a megabyte", "401, 431", Of<KeyTests>(
            nameof(KeyTests.What_is_no_key_is_refused), nameof(KeyTests.A_key_in_the_address_is_none), nameof(KeyTests.A_revoked_key_is_none), nameof(KeyTests.A_key_that_has_expired_is_none),
            nameof(KeyTests.A_header_of_a_megabyte_is_refused_and_nothing_else_happens))),
        new("A role, queue or task name too few", "403 forbidden", Of<EndpointRoleTests>(nameof(EndpointRoleTests.Every_endpoint_lets_in_whom_it_is_for_and_nobody_else)), Of<ScopeTests>(nameof(ScopeTests.A_key_for_some_queues_reaches_their_tasks_and_no_others))),
        new("Another host's name, another site's page", "400 invalid_host, 403 forbidden", Of<PageTests>(nameof(PageTests.A_foreign_host_name_is_refused_in_development)), Of<SignInTests>(nameof(SignInTests.Another_sites_page_can_make_a_browser_do_nothing))),
        new("Markup in results, messages, headers and addresses", "text, of a type that no browser takes for a page", Of<BadOutcomeTests>(nameof(BadOutcomeTests.Markup_is_text_wherever_it_is_answered))),
        new("More requests than a key may make", "429 with Retry-After, others are served", Of<RateLimitTests>(nameof(RateLimitTests.A_key_that_asks_too_often_waits_and_others_do_not))),
        new("Anything: bodies and whole requests changed by chance", "a code that the documents know, never 500", Of<When_anything_is_sent>(nameof(When_anything_is_sent.The_answer_is_never_a_mistake_of_the_server)), Of<When_everything_is_sent>(nameof(When_everything_is_sent.Every_answer_is_one_that_the_documents_know))),
    ];

    [Fact]
    public void Each_row_has_its_test()
    {
        foreach (var row in s_rows)
        {
            output.WriteLine($"{row.Input}: {row.Expected} ({string.Join(", ", row.Tests)})");
            Assert.NotEmpty(row.Tests);
            Assert.All(row.Tests, test => Assert.True(test.Inputs > 0, $"There is no test {test}."));
        }

        output.WriteLine($"{s_rows.Length} rows, N = {s_rows.SelectMany(r => r.Tests).Distinct().Sum(t => t.Inputs)} inputs");
    }

    private static Test[] Of<T>(params string[] methods) => [.. methods.Select(m => new Test($"{typeof(T).Name}.{m}", InputsOf(typeof(T).GetMethod(m)!)))];

    private static Test[] In(string file, string method) =>
        [new($"{file}: {method}", File.ReadAllText(Path.Combine(Repository.Root, file)).Contains($"public async Task {method}(", StringComparison.Ordinal) ? 1 : 0)];

    /// <summary>How many inputs a test has: a fact is one.</summary>
    private static int InputsOf(MethodInfo test)
    {
        var rows = test.GetCustomAttributes<InlineDataAttribute>().Count();
        foreach (var data in test.GetCustomAttributes<MemberDataAttribute>())
        {
            rows += ((System.Collections.IEnumerable)test.DeclaringType!.GetProperty(data.MemberName)!.GetValue(null)!).Cast<object>().Count();
        }

        return test.GetCustomAttribute<TheoryAttribute>() is not null ? rows : test.GetCustomAttribute<FactAttribute>() is not null ? 1 : 0;
    }

    private sealed record Row(string Input, string Expected, IReadOnlyList<Test> Tests)
    {
        public Row(string input, string expected, params Test[][] tests)
            : this(input, expected, (IReadOnlyList<Test>)[.. tests.SelectMany(t => t)])
        {
        }
    }

    private sealed record Test(string Name, int Inputs)
    {
        public override string ToString() => Name;
    }
}
