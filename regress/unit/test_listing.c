/* SPDX-License-Identifier: ISC */
/* Long answers, by a pipe that accepts some messages at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ipc/listing.h"

#define MESSAGES	(4 * LISTING_WINDOW)

/* What was sent, as letters: R a record, E an end, X one with an error. */
struct pipe {
	char		sent[MESSAGES];
	uint32_t	client[MESSAGES];
	struct ctl_end	end;		/* the last */
	size_t		n, room;
};

void
pipe_send(struct pipe *p, uint32_t type, uint32_t id, int fd, const void *data,
    size_t len)
{
	assert_int_equal(fd, -1);
	assert_true(p->n < MESSAGES - 1);
	p->client[p->n] = id;
	p->sent[p->n] = 'R';
	if (type == CTL_END) {
		assert_int_equal(len, sizeof(p->end));
		memcpy(&p->end, data, len);
		p->sent[p->n] = p->end.error ? 'X' : 'E';
	} else {
		assert_int_equal(type, CTL_ROAM);
		assert_int_equal(len, sizeof(struct ctl_roam));
	}
	p->sent[++p->n] = '\0';
	if (p->room > 0)
		p->room--;
}

bool
pipe_full(const struct pipe *p)
{
	return p->room == 0;
}

/* As many as arg has; the cursor counts them. */
static int
next(void *arg, struct ctl_cursor *cursor, void *record)
{
	const unsigned int *n = arg;
	unsigned int had;

	assert_string_equal(cursor->network, "guest");
	memset(record, 0, sizeof(struct ctl_roam));
	cursor->started = 1;
	memcpy(&had, cursor->key, sizeof(had));
	had++;
	memcpy(cursor->key, &had, sizeof(had));
	((struct ctl_roam *)record)->late = had;
	return had <= *n;
}

static unsigned int again_n;
static const struct ctl_request of_guest = { .network = "guest" };

static void
again(void *arg)
{
	assert_non_null(arg);
	again_n++;
}

/* The last one of a full look at many. */
static bool
wanted(const struct ctl_request *want, const void *record)
{
	const struct ctl_roam *r = record;

	assert_string_equal(want->network, "guest");
	return r->late % (3 * LISTING_LOOK) == 0;
}

static const struct listing_kind roams = {
	CTL_ROAM, sizeof(struct ctl_roam), next, NULL
};
static const struct listing_kind some = {
	CTL_ROAM, sizeof(struct ctl_roam), next, wanted
};

static void
listing_goes_on_where_the_pipe_was_full(void **state)
{
	struct pipe p = { .room = 2 };
	unsigned int n = 5;
	struct listings *all = listings_new(&n, again);

	(void)state;
	assert_non_null(all);
	listings_start(all, &p, 7, &roams, &of_guest);
	assert_string_equal(p.sent, "RR");
	p.room = 2;
	listings_resume(all, &p);
	assert_string_equal(p.sent, "RRRR");
	listings_resume(all, &p);	/* still full */
	assert_string_equal(p.sent, "RRRR");
	p.room = 9;
	listings_resume(all, &p);
	assert_string_equal(p.sent, "RRRRRE");
	listings_resume(all, &p);
	assert_string_equal(p.sent, "RRRRRE");
	assert_int_equal(p.client[0], 7);
	assert_int_equal(p.client[5], 7);
	listings_free(all);
}

static void
nothing_to_show_is_an_end(void **state)
{
	struct pipe p = { .room = 9 };
	unsigned int n = 0;
	struct listings *all = listings_new(&n, again);

	(void)state;
	listings_start(all, &p, 7, &roams, &of_guest);
	assert_string_equal(p.sent, "E");
	assert_int_equal(p.end.error, 0);
	listings_free(all);
}

static void
listings_are_given_one_after_the_other(void **state)
{
	struct pipe p = { .room = 1 };
	unsigned int n = 2;
	struct listings *all = listings_new(&n, again);
	uint32_t client;

	(void)state;
	for (client = 1; client <= 3; client++)
		listings_start(all, &p, client, &roams, &of_guest);
	p.room = MESSAGES;
	listings_resume(all, &p);
	assert_string_equal(p.sent, "RRERRERRE");
	for (client = 0; client < 9; client++)
		assert_int_equal(p.client[client], client / 3 + 1);
	listings_free(all);
}

static void
too_many_at_once_are_refused(void **state)
{
	struct pipe p = { .room = 0 };
	unsigned int n = 1, i;
	struct listings *all = listings_new(&n, again);

	(void)state;
	for (i = 0; i < 64; i++)
		listings_start(all, &p, i, &roams, &of_guest);
	assert_int_equal(p.n, 0);
	listings_start(all, &p, i, &roams, &of_guest);
	assert_string_equal(p.sent, "X");
	assert_string_equal(p.end.text, "too many listings at once");
	p.room = MESSAGES;
	listings_resume(all, &p);
	assert_int_equal(p.n, 1 + 64 * 2);
	listings_start(all, &p, i, &roams, &of_guest);
	assert_string_equal(p.sent + p.n - 2, "RE");
	p.room = 0;
	listings_start(all, &p, i, &roams, &of_guest);	/* one to be freed */
	listings_free(all);
}

static void
a_client_gets_no_more_than_it_reads(void **state)
{
	struct pipe p = { .room = MESSAGES };
	unsigned int n = LISTING_WINDOW + 7;
	struct listings *all = listings_new(&n, again);

	(void)state;
	listings_start(all, &p, 7, &roams, &of_guest);
	listings_start(all, &p, 8, &roams, &of_guest);
	assert_int_equal(p.n, 2 * LISTING_WINDOW);
	listings_resume(all, &p);
	assert_int_equal(p.n, 2 * LISTING_WINDOW);
	listings_more(all, &p, 9, 5);			/* unknown */
	assert_int_equal(p.n, 2 * LISTING_WINDOW);
	listings_more(all, &p, 8, 5);
	assert_int_equal(p.n, 2 * LISTING_WINDOW + 5);
	assert_int_equal(p.client[p.n - 1], 8);
	listings_more(all, &p, 8, 5);
	assert_string_equal(p.sent + 2 * LISTING_WINDOW + 5, "RRE");
	listings_more(all, &p, 8, 5);
	assert_int_equal(p.n, 2 * LISTING_WINDOW + 8);
	/* One that has left gets nothing more. */
	listings_more(all, &p, 7, 0);
	listings_more(all, &p, 7, 5);
	assert_int_equal(p.n, 2 * LISTING_WINDOW + 8);
	listings_free(all);
}

/* It looks at some at a time, so that others have their turn. */
static void
what_is_not_asked_for_is_left_out(void **state)
{
	struct pipe p = { .room = MESSAGES };
	unsigned int n = 6 * LISTING_LOOK, turns = 0;
	struct listings *all = listings_new(&n, again);

	(void)state;
	again_n = 0;
	listings_start(all, &p, 7, &some, &of_guest);
	while (again_n > turns) {
		assert_string_equal(p.sent, turns < 2 ? "" : "R");
		turns++;
		listings_resume(all, &p);
	}
	assert_string_equal(p.sent, "RRE");
	assert_in_range(turns, 5, 6);
	listings_free(all);
}

static void
single_record_has_its_end_and_an_error_its_text(void **state)
{
	struct pipe p = { .room = 9 };
	struct ctl_roam roam = { .late = 1 };

	(void)state;
	listing_one(&p, 3, CTL_ROAM, &roam, sizeof(roam));
	assert_string_equal(p.sent, "RE");
	listing_end(&p, 4, "%s: no such lease", "10.0.0.1/32");
	assert_string_equal(p.sent, "REX");
	assert_string_equal(p.end.text, "10.0.0.1/32: no such lease");
	assert_int_equal(p.client[2], 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listing_goes_on_where_the_pipe_was_full),
		cmocka_unit_test(nothing_to_show_is_an_end),
		cmocka_unit_test(listings_are_given_one_after_the_other),
		cmocka_unit_test(what_is_not_asked_for_is_left_out),
		cmocka_unit_test(a_client_gets_no_more_than_it_reads),
		cmocka_unit_test(too_many_at_once_are_refused),
		cmocka_unit_test(
		    single_record_has_its_end_and_an_error_its_text),
	};

	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
