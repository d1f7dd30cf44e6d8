/* SPDX-License-Identifier: ISC */
/* Messages over a socket pair, cut at every place. */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/imsg.h"

#define QUEUE	(1024 * 1024)

struct raw {
	uint32_t	type, len, id, flags;
};

static int		 sv[2];
static struct imsgbuf	*a, *b;		/* b allows descriptors */

static int
setup(void **state)
{
	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return -1;
	a = imsgbuf_new(sv[0], true, QUEUE);
	b = imsgbuf_new(sv[1], true, QUEUE);
	return a == NULL || b == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	imsgbuf_free(a);
	imsgbuf_free(b);
	return 0;
}

/* The next message; reads while none is complete. */
static void
next(struct imsg *imsg)
{
	int n;

	while ((n = imsg_get(b, imsg)) == 0)
		assert_int_equal(imsgbuf_read(b), 1);
	assert_int_equal(n, 1);
}

static void
send_raw(int fd, const void *data, size_t len, const int *fds, size_t nfds)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		octets[CMSG_SPACE(sizeof(int) * 32)];
	} control = { 0 };
	struct iovec iov = { .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	uint8_t copy[65536];

	memcpy(copy, data, len);
	iov.iov_base = copy;
	if (nfds > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
		control.hdr.cmsg_len = CMSG_LEN(sizeof(int) * nfds);
		control.hdr.cmsg_level = SOL_SOCKET;
		control.hdr.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.hdr), fds, sizeof(int) * nfds);
	}
	assert_int_equal(sendmsg(fd, &msg, MSG_NOSIGNAL), len);
}

static int
open_fds(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			n++;
	return n;
}

static void
message_arrives_as_sent(void **state)
{
	struct imsg imsg;
	char data[6];

	(void)state;
	assert_int_equal(imsg_compose(a, 7, 9, -1, "hello", 6), 0);
	assert_int_equal(imsg_compose(a, 8, 0, -1, NULL, 0), 0);
	assert_int_equal(imsgbuf_queued(a), 2 * IMSG_HEADER + 6);
	assert_int_equal(imsgbuf_write(a), 0);
	assert_int_equal(imsgbuf_queued(a), 0);
	next(&imsg);
	assert_int_equal(imsg.type, 7);
	assert_int_equal(imsg.id, 9);
	assert_int_equal(imsg.len, 6);
	assert_int_equal(imsg.fd, -1);
	assert_int_equal(imsg_data(&imsg, data, 5), -1);
	assert_int_equal(imsg_data(&imsg, data, 6), 0);
	assert_string_equal(data, "hello");
	next(&imsg);
	assert_int_equal(imsg.type, 8);
	assert_int_equal(imsg.len, 0);
	assert_int_equal(imsg_get(b, &imsg), 0);
}

static void
message_cut_anywhere_is_put_together(void **state)
{
	struct raw raw[2] = {
		{ 5, sizeof(struct raw), 1, 0 }, { 6, sizeof(struct raw), 2, 0 }
	};
	const uint8_t *octets = (const uint8_t *)raw;
	struct imsg imsg;
	size_t cut;

	(void)state;
	for (cut = 1; cut < sizeof(raw); cut++) {
		send_raw(sv[0], octets, cut, NULL, 0);
		assert_int_equal(imsgbuf_read(b), 1);
		if (cut < sizeof(raw[0]))
			assert_int_equal(imsg_get(b, &imsg), 0);
		send_raw(sv[0], octets + cut, sizeof(raw) - cut, NULL, 0);
		next(&imsg);
		assert_int_equal(imsg.type, 5);
		next(&imsg);
		assert_int_equal(imsg.type, 6);
		assert_int_equal(imsg.id, 2);
	}
}

/* Linux delivers the data before a descriptor together with it. */
static void
glued_messages_keep_their_descriptors(void **state)
{
	struct imsg imsg;
	int i, p[2], q[2];
	char c;

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pipe(q), 0);
	assert_int_equal(imsg_compose(a, 0, 0, -1, "A", 1), 0);
	assert_int_equal(imsg_compose(a, 1, 0, p[1], "B", 1), 0);
	assert_int_equal(imsg_compose(a, 2, 0, -1, "C", 1), 0);
	assert_int_equal(imsg_compose(a, 3, 0, q[1], "D", 1), 0);
	assert_int_equal(imsg_compose(a, 4, 0, -1, "E", 1), 0);
	assert_int_equal(imsgbuf_write(a), 0);
	/* Ours are closed once sent. */
	assert_int_equal(fcntl(p[1], F_GETFD), -1);
	assert_int_equal(fcntl(q[1], F_GETFD), -1);
	for (i = 0; i < 5; i++) {
		next(&imsg);
		assert_int_equal(imsg.type, i);
		assert_int_equal(imsg.fd != -1, i == 1 || i == 3);
		if (imsg.fd == -1)
			continue;
		assert_true(fcntl(imsg.fd, F_GETFD) & FD_CLOEXEC);
		assert_int_equal(write(imsg.fd, &imsg.type, 1), 1);
		close(imsg.fd);
	}
	assert_int_equal(read(p[0], &c, 1), 1);
	assert_int_equal(c, 1);
	assert_int_equal(read(q[0], &c, 1), 1);
	assert_int_equal(c, 3);
	close(p[0]);
	close(q[0]);
}

static void
descriptor_where_none_may_arrive_is_refused(void **state)
{
	struct imsgbuf *none;
	int fd[2], before;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	none = imsgbuf_new(fd[1], false, QUEUE);
	before = open_fds();
	send_raw(fd[0], "x", 1, &sv[0], 1);
	errno = 0;
	assert_int_equal(imsgbuf_read(none), -1);
	assert_int_equal(errno, EBADMSG);
	assert_int_equal(open_fds(), before);
	imsgbuf_free(none);
	close(fd[0]);
}

/* Of several descriptors the lost one is known, and the others arrive. */
static void
descriptor_lost_to_a_full_table_is_reported(void **state)
{
	struct rlimit rl, none;
	struct imsg imsg;
	int i, p[2], q[2];
	char c = 'x';

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pipe(q), 0);
	assert_int_equal(imsg_compose(a, 0, 0, -1, "A", 1), 0);
	assert_int_equal(imsg_compose(a, 1, 0, p[1], "B", 1), 0);
	assert_int_equal(imsg_compose(a, 2, 0, -1, "C", 1), 0);
	assert_int_equal(imsgbuf_write(a), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	none = rl;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (i = 0; i < 3; i++) {
		next(&imsg);
		assert_int_equal(imsg.type, i);
		assert_int_equal(imsg.fd, i == 1 ? IMSG_FD_LOST : -1);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rl), 0);
	/* Nobody holds it any more. */
	assert_int_equal(read(p[0], &c, 1), 0);
	assert_int_equal(imsg_compose(a, 3, 0, q[1], "D", 1), 0);
	assert_int_equal(imsgbuf_write(a), 0);
	next(&imsg);
	assert_int_equal(imsg.type, 3);
	assert_int_equal(write(imsg.fd, &c, 1), 1);
	close(imsg.fd);
	assert_int_equal(read(q[0], &c, 1), 1);
	close(p[0]);
	close(q[0]);
}

static void
more_descriptors_than_one_are_refused_and_closed(void **state)
{
	struct raw raw = { 1, sizeof(raw), 0, 1 };
	int fds[20], before = open_fds(), n;

	(void)state;
	for (n = 0; n < 20; n++)
		fds[n] = sv[0];
	for (n = 2; n <= 20; n += 18) {
		send_raw(sv[0], &raw, sizeof(raw), fds, n);
		errno = 0;
		assert_int_equal(imsgbuf_read(b), -1);
		assert_int_equal(errno, EBADMSG);
		assert_int_equal(open_fds(), before);
	}
}

static void
broken_framing_is_an_error(void **state)
{
	static const struct raw rows[] = {
		{ 1, 0, 0, 0 },
		{ 1, IMSG_HEADER - 1, 0, 0 },
		{ 1, IMSG_MAX + 1, 0, 0 },
		{ 1, UINT32_MAX, 0, 0 },
		{ 1, IMSG_HEADER, 0, 2 },
		{ 1, IMSG_HEADER, 0, 0x80000000 },
		{ 1, IMSG_HEADER, 0, 1 },	/* no descriptor came */
	};
	struct imsgbuf *ibuf;
	struct imsg imsg;
	size_t i;
	int fd[2];

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		ibuf = imsgbuf_new(fd[1], true, QUEUE);
		send_raw(fd[0], &rows[i], sizeof(rows[i]), NULL, 0);
		assert_int_equal(imsgbuf_read(ibuf), 1);
		errno = 0;
		assert_int_equal(imsg_get(ibuf, &imsg), -1);
		assert_int_equal(errno, EBADMSG);
		imsgbuf_free(ibuf);
		close(fd[0]);
	}
}

static void
descriptor_that_belongs_to_no_message_is_an_error(void **state)
{
	struct raw raw = { 1, sizeof(raw), 0, 0 };
	struct imsg imsg;

	(void)state;
	send_raw(sv[0], &raw, sizeof(raw), &sv[0], 1);
	assert_int_equal(imsgbuf_read(b), 1);
	assert_int_equal(imsg_get(b, &imsg), 1);
	assert_int_equal(imsg.fd, -1);
	assert_int_equal(imsg_get(b, &imsg), -1);
}

static void
partial_writes_lose_nothing(void **state)
{
	uint8_t data[5000];
	unsigned int sent, got = 0;
	struct imsg imsg;
	int small = 4096;

	(void)state;
	assert_int_equal(setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)), 0);
	for (sent = 0; sent < 150; sent++) {
		memset(data, sent, sizeof(data));
		assert_int_equal(imsg_compose(a, sent, 0,
		    sent % 7 == 3 ? dup(sv[0]) : -1, data,
		    1 + sent * 33), 0);
	}
	assert_int_equal(imsgbuf_write(a), 0);
	assert_true(imsgbuf_queued(a) > 0);
	while (got < sent) {
		assert_int_equal(imsgbuf_write(a), 0);
		assert_int_equal(imsgbuf_read(b), 1);
		while (imsg_get(b, &imsg) == 1) {
			assert_int_equal(imsg.type, got);
			assert_int_equal(imsg.len, 1 + got * 33);
			assert_int_equal((uintptr_t)imsg.data %
			    _Alignof(max_align_t), 0);
			memset(data, got, sizeof(data));
			assert_memory_equal(imsg.data, data, imsg.len);
			assert_int_equal(imsg.fd != -1, got % 7 == 3);
			if (imsg.fd != -1)
				close(imsg.fd);
			got++;
		}
	}
	assert_int_equal(imsgbuf_queued(a), 0);
}

static void
full_queue_refuses_and_closes_the_descriptor(void **state)
{
	struct imsgbuf *small;
	int fd[2], p[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(pipe(p), 0);
	small = imsgbuf_new(fd[0], true, 100);
	assert_int_equal(imsg_compose(small, 1, 0, -1, "0123456789", 10), 0);
	errno = 0;
	assert_int_equal(imsg_compose(small, 1, 0, p[1],
	    "01234567890123456789012345678901234567890123456789012345678", 59),
	    -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(fcntl(p[1], F_GETFD), -1);
	/* What fits to the octet is taken. */
	assert_int_equal(imsg_compose(small, 1, 0, -1,
	    "0123456789012345678901234567890123456789012345678901234567", 58),
	    0);
	errno = 0;
	assert_int_equal(imsg_compose(small, 1, 0, -1, NULL, 0), -1);
	assert_int_equal(errno, ENOBUFS);
	imsgbuf_free(small);
	close(fd[1]);
	close(p[0]);
}

static void
message_longer_than_the_limit_is_not_sent(void **state)
{
	uint8_t data[IMSG_MAX] = { 0 };
	struct imsg imsg;

	(void)state;
	errno = 0;
	assert_int_equal(imsg_compose(a, 1, 0, -1, data,
	    IMSG_MAX - IMSG_HEADER + 1), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(imsg_compose(a, 1, 0, -1, data,
	    IMSG_MAX - IMSG_HEADER), 0);
	assert_int_equal(imsgbuf_write(a), 0);
	next(&imsg);
	assert_int_equal(imsg.len, IMSG_MAX - IMSG_HEADER);
}

static void
end_of_file_comes_after_the_last_message(void **state)
{
	struct imsg imsg;

	(void)state;
	assert_int_equal(imsg_compose(a, 1, 0, -1, "bye", 3), 0);
	assert_int_equal(imsgbuf_write(a), 0);
	assert_int_equal(shutdown(sv[0], SHUT_WR), 0);
	next(&imsg);
	assert_int_equal(imsg.len, 3);
	assert_int_equal(imsg_get(b, &imsg), 0);
	assert_int_equal(imsgbuf_read(b), 0);
}

static void
free_closes_what_was_never_taken(void **state)
{
	struct raw raw = { 1, sizeof(raw), 0, 1 };
	struct imsgbuf *ibuf;
	int fd[2], before = open_fds();

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	ibuf = imsgbuf_new(fd[1], true, QUEUE);
	send_raw(fd[0], &raw, sizeof(raw), &sv[0], 1);
	assert_int_equal(imsgbuf_read(ibuf), 1);
	assert_int_equal(imsg_compose(ibuf, 1, 0, dup(sv[0]), NULL, 0), 0);
	imsgbuf_free(ibuf);
	close(fd[0]);
	assert_int_equal(open_fds(), before);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(message_arrives_as_sent),
		TEST(message_cut_anywhere_is_put_together),
		TEST(glued_messages_keep_their_descriptors),
		TEST(descriptor_where_none_may_arrive_is_refused),
		TEST(descriptor_lost_to_a_full_table_is_reported),
		TEST(more_descriptors_than_one_are_refused_and_closed),
		TEST(broken_framing_is_an_error),
		TEST(descriptor_that_belongs_to_no_message_is_an_error),
		TEST(partial_writes_lose_nothing),
		TEST(full_queue_refuses_and_closes_the_descriptor),
		TEST(message_longer_than_the_limit_is_not_sent),
		TEST(end_of_file_comes_after_the_last_message),
		TEST(free_closes_what_was_never_taken),
	};

	return cmocka_run_group_tests_name("imsg", tests, NULL, NULL);
}
