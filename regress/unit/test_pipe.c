/* SPDX-License-Identifier: ISC */
/*
 * A pipe between two processes, of which the test is one: it sends requests
 * and decides when it reads the answers.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/pipe.h"
#include "msg.h"

#define MEMORY		(1u << 20)	/* octets of answers to many requests */
#define MOST		(4u << 20)	/* of messages that may be dropped */
#define QUESTIONS	20000

struct fixture {
	struct event_base	*base;
	struct pipe		*pipe;
	struct imsgbuf		*other;
	unsigned int		 heard, dropped, drained, closed;
};

static void
message(void *arg, const struct imsg *imsg)
{
	static const struct dhcp_reply reply = { .type = DHCP_OFFER };
	struct fixture *f = arg;

	(void)imsg;
	f->heard++;
	if (!pipe_offer(f->pipe, IPC_DHCP_REPLY, &reply, sizeof(reply)))
		f->dropped++;
}

static void
closed(void *arg)
{
	((struct fixture *)arg)->closed++;
}

static void
drained(void *arg)
{
	((struct fixture *)arg)->drained++;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct pipe_ops ops = { message, closed, drained, f };
	int fds[2];

	assert_non_null(f);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	f->base = event_base_new();
	f->pipe = pipe_new(f->base, fds[0], PROC_ENGINE, PROC_FRONTEND, &ops);
	f->other = imsgbuf_new(fds[1], false, 64 << 20);
	assert_non_null(f->other);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	pipe_free(f->pipe);
	imsgbuf_free(f->other);
	event_base_free(f->base);
	free(f);
	return 0;
}

static void
spin(struct fixture *f)
{
	unsigned int i, before;

	for (i = 0; i < 10; i++)
		do {
			before = f->heard;
			(void)imsgbuf_write(f->other);
			event_base_loop(f->base, EVLOOP_NONBLOCK);
		} while (f->heard != before);
}

static void
ask(struct fixture *f, unsigned int n)
{
	const struct solicit solicit = { .ifindex = 1,
	    .source_mac = { { 2, 0, 0, 0, 0, 7 } } };

	while (n-- > 0)
		assert_int_equal(imsg_compose(f->other, IPC_SOLICIT, 0, -1,
		    &solicit, sizeof(solicit)), 0);
}

static unsigned int
read_answers(struct fixture *f)
{
	unsigned int n = 0, before;
	struct imsg imsg;

	do {
		before = n;
		assert_int_equal(imsgbuf_read(f->other), 1);
		while (imsg_get(f->other, &imsg) == 1)
			n++;
	} while (n != before);
	return n;
}

static void
who_takes_no_answers_is_not_heard_and_loses_none(void **state)
{
	struct fixture *f = *state;
	unsigned int before, got = 0;

	pipe_answers(f->pipe);
	ask(f, QUESTIONS);
	spin(f);
	assert_in_range(f->heard, 1, MEMORY / sizeof(struct dhcp_reply));
	before = f->heard;
	spin(f);
	assert_int_equal(f->heard, before);
	while (got < QUESTIONS) {
		before = got;
		got += read_answers(f);
		assert_int_not_equal(got, before);
		spin(f);
	}
	assert_int_equal(got, QUESTIONS);
	assert_int_equal(f->dropped, 0);
	assert_int_not_equal(f->drained, 0);
}

/* Messages that may be dropped stop at a limit, and continue below it. */
static void
what_may_be_done_without_is_bounded_by_memory(void **state)
{
	struct fixture *f = *state;
	const struct imsg none = { .type = IPC_SOLICIT };
	unsigned int queued, got = 0, before;
	int i;

	for (i = 0; i < QUESTIONS; i++)
		message(f, &none);
	queued = QUESTIONS - f->dropped;
	assert_in_range(queued * sizeof(struct dhcp_reply), MOST / 2, MOST);
	do {
		before = got;
		spin(f);
		got += read_answers(f);
	} while (got != before);
	assert_int_equal(got, queued);
	before = f->dropped;
	message(f, &none);
	assert_int_equal(f->dropped, before);
}

/* It is closed while we do not read: that is noticed. */
static void
an_end_is_heard_all_the_same(void **state)
{
	struct fixture *f = *state;

	pipe_answers(f->pipe);
	ask(f, QUESTIONS);
	spin(f);
	assert_int_equal(f->closed, 0);
	(void)read_answers(f);
	assert_int_equal(shutdown(imsgbuf_fd(f->other), SHUT_RDWR), 0);
	spin(f);
	assert_int_equal(f->closed, 1);
	assert_false(pipe_full(f->pipe));
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_takes_no_answers_is_not_heard_and_loses_none),
		TEST(what_may_be_done_without_is_bounded_by_memory),
		TEST(an_end_is_heard_all_the_same)
	};

	return cmocka_run_group_tests_name("pipe", tests, NULL, NULL);
}
