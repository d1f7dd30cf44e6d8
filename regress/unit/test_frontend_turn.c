/* SPDX-License-Identifier: ISC */
/*
 * Sockets read in turn, with a receiver that is behind; a frame is an octet
 * that counts up, so that a missing one is detected.
 */
#include <sys/socket.h>

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "frontend/turn.h"

#define SOCKETS		4
#define ROOM		100	/* frames, then it is behind */
#define MANY		5000

struct fixture;

struct wire {
	struct fixture	*f;
	struct turn	*turn;
	int		 ours, theirs;
	unsigned int	 sent, got;
};

struct fixture {
	struct event_base	*base;
	struct turns		*turns;
	struct wire		 wires[SOCKETS];
	unsigned int		 room;		/* of the reader */
};

static bool
busy(void *arg)
{
	return ((struct fixture *)arg)->room == 0;
}

static bool
read_one(void *arg)
{
	struct wire *w = arg;
	uint8_t octet;

	assert_int_not_equal(w->f->room, 0);
	if (recv(w->ours, &octet, 1, MSG_DONTWAIT) == -1)
		return false;
	assert_int_equal(octet, w->got % 256);
	w->got++;
	w->f->room--;
	return true;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct turns_ops ops = { busy, f };
	int i, fds[2];

	assert_non_null(f);
	f->base = event_base_new();
	f->turns = turns_new(f->base, &ops);
	assert_non_null(f->turns);
	for (i = 0; i < SOCKETS; i++) {
		/* Not of datagrams: the kernel keeps ten of these. */
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		f->wires[i] = (struct wire){ .f = f, .ours = fds[0],
		    .theirs = fds[1] };
		f->wires[i].turn = turn_new(f->turns, fds[0], read_one,
		    &f->wires[i]);
		assert_non_null(f->wires[i].turn);
	}
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	int i;

	for (i = 0; i < SOCKETS; i++) {
		turn_free(f->wires[i].turn);
		close(f->wires[i].ours);
		close(f->wires[i].theirs);
	}
	turns_free(f->turns);
	event_base_free(f->base);
	free(f);
	return 0;
}

static void
say(struct wire *w, unsigned int n)
{
	uint8_t octets[MANY];
	unsigned int i;

	assert_in_range(n, 1, MANY);
	for (i = 0; i < n; i++)
		octets[i] = (uint8_t)w->sent++;
	assert_int_equal(send(w->theirs, octets, n, MSG_DONTWAIT), n);
}

/* All that can happen at this point. */
static void
spin(struct fixture *f)
{
	int i;

	for (i = 0; i < 100; i++)
		event_base_loop(f->base, EVLOOP_NONBLOCK);
}

static unsigned int
got(const struct fixture *f)
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < SOCKETS; i++)
		n += f->wires[i].got;
	return n;
}

static void
nothing_is_read_while_the_reader_is_behind_and_all_afterwards(void **state)
{
	struct fixture *f = *state;
	struct wire *w = &f->wires[0];

	say(w, 10 * ROOM);
	spin(f);
	assert_int_equal(got(f), 0);
	f->room = ROOM;
	spin(f);
	assert_int_equal(got(f), 0);		/* not before it is called */
	turns_resume(f->turns);
	spin(f);
	assert_int_equal(got(f), ROOM);
	turns_resume(f->turns);			/* nothing has changed */
	spin(f);
	assert_int_equal(got(f), ROOM);
	say(w, ROOM);
	f->room = 100 * ROOM;
	turns_resume(f->turns);
	spin(f);
	assert_int_equal(got(f), 11 * ROOM);
	say(w, 1);
	spin(f);
	assert_int_equal(got(f), 11 * ROOM + 1);
}

/* However little room there is at a time: every socket gets its share. */
static void
those_that_wait_share_fairly(void **state)
{
	static const unsigned int rooms[] = { 1, 10, TURN_SHARE - 1,
	    TURN_SHARE, TURN_SHARE + 1, 3 * TURN_SHARE };
	struct fixture *f;
	unsigned int room, least, most, i, j;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		setup((void **)&f);
		room = rooms[i];
		for (j = 0; j < SOCKETS; j++)
			say(&f->wires[j], MANY);
		spin(f);
		for (j = 0; j < 10 * SOCKETS; j++) {
			f->room = room;
			turns_resume(f->turns);
			spin(f);
			assert_int_equal(f->room, 0);
		}
		assert_int_equal(got(f), 10 * SOCKETS * room);
		least = most = f->wires[0].got;
		for (j = 1; j < SOCKETS; j++) {
			if (f->wires[j].got < least)
				least = f->wires[j].got;
			if (f->wires[j].got > most)
				most = f->wires[j].got;
		}
		if (most - least > 2 * TURN_SHARE)
			fail_msg("room %u: %u to %u", room, least, most);
		teardown((void **)&f);
	}
	(void)state;
}

/* Its one frame is read in the next round, among those that have many. */
static void
one_who_says_little_does_not_wait_behind_a_crowd(void **state)
{
	struct fixture *f = *state;

	say(&f->wires[0], MANY);
	say(&f->wires[1], MANY);
	f->room = ROOM;
	spin(f);
	assert_int_equal(got(f), ROOM);
	say(&f->wires[2], 1);
	spin(f);
	assert_int_equal(f->wires[2].got, 0);
	f->room = 2 * TURN_SHARE + 1;
	turns_resume(f->turns);
	spin(f);
	assert_int_equal(f->wires[2].got, 1);
}

static void
one_that_waits_may_go(void **state)
{
	struct fixture *f = *state;
	int i;

	for (i = 0; i < SOCKETS; i++)
		say(&f->wires[i], 1);
	spin(f);
	turn_free(f->wires[1].turn);
	f->wires[1].turn = NULL;
	f->room = ROOM;
	turns_resume(f->turns);
	spin(f);
	assert_int_equal(got(f), SOCKETS - 1);
	assert_int_equal(f->wires[1].got, 0);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		 nothing_is_read_while_the_reader_is_behind_and_all_afterwards),
		cmocka_unit_test(those_that_wait_share_fairly),
		TEST(one_who_says_little_does_not_wait_behind_a_crowd),
		TEST(one_that_waits_may_go)
	};

	return cmocka_run_group_tests_name("frontend_turn", tests, NULL, NULL);
}
