/* SPDX-License-Identifier: ISC */
/*
 * The real signer, with this test as its parent and as its engine: who it says
 * that we are, what it signs and what not, and that an engine can neither end
 * it nor make it talk.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/fingerprint.h"
#include "common/imsg.h"
#include "ipc/ipc.h"
#include "proc/build.h"
#include "proc/child.h"

#define QUEUE		(1024 * 1024)
#define PATIENCE	10000		/* ms */
#define FLOOD		100000		/* requests */
#define STUCK		500		/* ms: it does not read us */
#define GROWN_KB	2048

/* RFC 8032 7.1, test 1. */
static const uint8_t seed[33] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4,
	0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
	0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60
};
static const uint8_t public[32] = {
	0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3,
	0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
	0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a
};

struct signer {
	pid_t		 pid;
	struct imsgbuf	*parent, *engine;	/* our ends */
	int		 lines;			/* of its log */
	char		 said[512];		/* the last one */
};

static char	program[1100], empty[64];

static void
start(struct signer *s, const void *octets, size_t len)
{
	char debug[] = "-d", user[] = "nobody", build[64];
	char *argv[] = { program, build, debug, user, empty, NULL };
	int sv[2], fds[2];

	memset(s, 0, sizeof(*s));
	strlcpy(build, build_id, sizeof(build));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, sv), 0);
	s->pid = fork();
	assert_true(s->pid != -1);
	if (s->pid == 0) {
		if (sv[1] == CHILD_FD ? fcntl(sv[1], F_SETFD, 0) == -1 :
		    dup2(sv[1], CHILD_FD) == -1)
			_exit(99);
		closefrom(CHILD_FD + 1);
		execv(program, argv);
		_exit(99);
	}
	close(sv[1]);
	s->parent = imsgbuf_new(sv[0], true, QUEUE);
	assert_non_null(s->parent);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], octets, len), len);
	close(fds[1]);
	assert_int_equal(imsg_compose(s->parent, IPC_HELLO_SIGNER, 0, fds[0],
	    NULL, 0), 0);
}

/* The next message, but for its log; 0: the end, or nothing in time. */
static uint32_t
next(struct signer *s, struct imsgbuf *from, struct imsg *imsg)
{
	bool is_parent = from == s->parent;
	struct ipc_log line;
	struct pollfd pfd;

	for (;;) {
		(void)imsgbuf_write(s->parent);
		if (s->engine != NULL)
			(void)imsgbuf_write(s->engine);
		while (imsg_get(from, imsg) == 1) {
			assert_null(ipc_check(imsg, PROC_SIGNER, is_parent ?
			    PROC_PARENT : PROC_ENGINE));
			if (imsg->type != IPC_LOG)
				return imsg->type;
			imsg_data(imsg, &line, sizeof(line));
			strlcpy(s->said, line.text, sizeof(s->said));
			s->lines++;
		}
		pfd = (struct pollfd){ .fd = imsgbuf_fd(from),
		    .events = POLLIN };
		if (imsgbuf_queued(from) > 0)
			pfd.events |= POLLOUT;
		if (poll(&pfd, 1, PATIENCE) <= 0 || imsgbuf_read(from) != 1)
			return 0;
	}
}

static void
introduce(struct signer *s)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, sv), 0);
	assert_int_equal(imsg_compose(s->parent, IPC_SIGNER, 0, sv[1], NULL,
	    0), 0);
	s->engine = imsgbuf_new(sv[0], true, QUEUE);
	assert_non_null(s->engine);
}

/* The exit status, or 128 and a signal. */
static int
end(struct signer *s)
{
	struct imsg imsg;
	int status;

	(void)imsg_compose(s->parent, IPC_SHUTDOWN, 0, -1, NULL, 0);
	while (next(s, s->parent, &imsg) != 0)
		continue;
	imsgbuf_free(s->parent);
	imsgbuf_free(s->engine);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

static void
it_says_who_we_are(void **state)
{
	static const char text[] = "sroam router id";
	uint8_t octets[sizeof(text) - 1 + sizeof(public)], hash[32];
	char mark[FINGERPRINT_TEXT];
	struct ipc_identity who;
	struct imsg imsg;
	struct signer s;

	(void)state;
	memcpy(octets, text, sizeof(text) - 1);
	memcpy(octets + sizeof(text) - 1, public, sizeof(public));
	crypto_hash_sha256(hash, octets, sizeof(octets));
	start(&s, seed, 32);
	assert_int_equal(next(&s, s.parent, &imsg), IPC_IDENTITY);
	imsg_data(&imsg, &who, sizeof(who));
	assert_memory_equal(who.key, public, sizeof(public));
	assert_memory_equal(who.hash, hash, sizeof(hash));
	assert_memory_equal(&who.id, hash, sizeof(who.id));
	/* As in sroam-flood(7). */
	assert_string_equal(router_id_text(&who.id),
	    "85:f8:c6:14:1a:18:c8:23");
	fingerprint_text(mark, who.hash);
	assert_string_equal(mark,
	    "SHA256:hfjGFBoYyCOjmyOQL0LwklNfPfomWgM/KzbYy374u4k");
	assert_int_equal(end(&s), 0);
}

static void
a_file_of_another_length_is_none(void **state)
{
	static const size_t lens[] = { 0, 31, 33 };
	struct imsg imsg;
	struct signer s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		start(&s, seed, lens[i]);
		assert_int_equal(next(&s, s.parent, &imsg), 0);
		assert_non_null(strstr(s.said, "identity: "));
		assert_int_equal(end(&s), 1);
	}
}

static void
ask_router(struct signer *s, uint64_t number, const char *value)
{
	struct ipc_sign_router ask = { .number = number };

	ask.vallen = (uint8_t)strlen(value);
	memcpy(ask.value, value, ask.vallen);
	assert_int_equal(imsg_compose(s->engine, IPC_SIGN_ROUTER, 0, -1, &ask,
	    sizeof(ask)), 0);
}

static void
ready(struct signer *s, struct ipc_identity *who)
{
	struct imsg imsg;

	start(s, seed, 32);
	assert_int_equal(next(s, s->parent, &imsg), IPC_IDENTITY);
	imsg_data(&imsg, who, sizeof(*who));
	introduce(s);
}

static void
expect_router(struct signer *s, const struct ipc_identity *who,
    uint8_t number, const char *value)
{
	struct ipc_signed_router got;
	uint8_t text[256] = "sroam router\003";
	struct imsg imsg;
	size_t len = strlen(value);

	assert_int_equal(next(s, s->engine, &imsg), IPC_SIGNED_ROUTER);
	imsg_data(&imsg, &got, sizeof(got));
	assert_int_equal(got.number, number);
	memcpy(text + 13, who->id.octet, 8);
	text[28] = number;
	memcpy(text + 29, value, len);
	assert_int_equal(crypto_sign_verify_detached(got.signature, text,
	    29 + len, public), 0);
}

static void
router_data_have_numbers_that_rise(void **state)
{
	struct ipc_identity who;
	struct signer s;
	char longest[SIGN_VALUE_MAX + 1] = "";
	int i;

	(void)state;
	memset(longest, 'x', SIGN_VALUE_MAX);
	ready(&s, &who);
	ask_router(&s, 5, "five");
	for (i = 0; i < 1000; i++)
		ask_router(&s, (uint64_t)(i % 5 + 1), "again");
	ask_router(&s, UINT64_MAX, "the last");
	ask_router(&s, UINT64_C(1) << 63, "late");
	ask_router(&s, 6, longest);
	expect_router(&s, &who, 5, "five");
	expect_router(&s, &who, 6, longest);
	assert_int_equal(end(&s), 0);
	assert_int_equal(s.lines, 1);
	assert_non_null(strstr(s.said, "number 1 is not above 5"));
}

static void
sessions_are_signed_with_their_role(void **state)
{
	static const uint8_t roles[] = { SIGN_CLIENT, SIGN_SERVER };
	struct ipc_sign_session ask = { .session = 77 };
	struct ipc_signed_session got;
	struct ipc_identity who;
	uint8_t text[46] = "sroam session";
	struct imsg imsg;
	struct signer s;
	size_t i;

	(void)state;
	ready(&s, &who);
	memset(ask.exporter, 0xe5, sizeof(ask.exporter));
	memset(text + 14, 0xe5, 32);
	for (i = 0; i < sizeof(roles); i++) {
		ask.role = text[13] = roles[i];
		assert_int_equal(imsg_compose(s.engine, IPC_SIGN_SESSION, 0,
		    -1, &ask, sizeof(ask)), 0);
		assert_int_equal(next(&s, s.engine, &imsg),
		    IPC_SIGNED_SESSION);
		imsg_data(&imsg, &got, sizeof(got));
		assert_int_equal(got.session, 77);
		assert_int_equal(crypto_sign_verify_detached(got.signature,
		    text, sizeof(text), public), 0);
	}
	assert_int_equal(end(&s), 0);
	assert_int_equal(s.lines, 0);
}

/* Each loses its channel, with one line; the signer runs on. */
static void
no_engine_can_end_it(void **state)
{
	static const struct {
		uint32_t	type;
		size_t		len;
		bool		fd;
	} bads[] = {
		{ IPC_SIGN_ROUTER, 3, false },
		{ IPC_SIGN_ROUTER, sizeof(struct ipc_sign_router), true },
		{ IPC_SIGN_ROUTER, sizeof(struct ipc_sign_router), false },
		{ IPC_SIGN_SESSION, sizeof(struct ipc_sign_session), false },
		{ IPC_HELLO_SIGNER, 0, true },
		{ IPC_SIGNER, 0, true },
		{ IPC_SHUTDOWN, 0, false },
		{ IPC_SIGNED_ROUTER, sizeof(struct ipc_signed_router), false },
		{ 0, 0, false },
		{ UINT32_MAX, 9, true }
	};
	static const uint32_t header[] = { IPC_SIGN_ROUTER, 1, 0, 0 };
	static const uint8_t zeroes[256];
	struct ipc_identity who;
	struct imsg imsg;
	struct signer s;
	size_t i;

	(void)state;
	for (i = 0; i <= sizeof(bads) / sizeof(bads[0]); i++) {
		ready(&s, &who);
		if (i == sizeof(bads) / sizeof(bads[0]))
			assert_int_equal(write(imsgbuf_fd(s.engine), header,
			    sizeof(header)), sizeof(header));
		else
			assert_int_equal(imsg_compose(s.engine, bads[i].type,
			    0, bads[i].fd ? open("/dev/null", O_RDONLY |
			    O_CLOEXEC) : -1, zeroes, bads[i].len), 0);
		assert_int_equal(next(&s, s.engine, &imsg), 0);
		assert_int_equal(kill(s.pid, 0), 0);
		assert_int_equal(end(&s), 0);
		assert_int_equal(s.lines, 1);
		assert_non_null(strstr(s.said, "from engine"));
	}
}

static long
rss_of(const struct signer *s)
{
	char name[64];
	long pages[2] = { 0, 0 };
	FILE *f;

	snprintf(name, sizeof(name), "/proc/%d/statm", (int)s->pid);
	assert_non_null(f = fopen(name, "r"));
	assert_int_equal(fscanf(f, "%ld %ld", &pages[0], &pages[1]), 2);
	fclose(f);
	return pages[1] * (sysconf(_SC_PAGESIZE) / 1024);
}

/*
 * It asks without end, for what is signed and what is not, and reads nothing:
 * then it is not heard, until it reads.
 */
static void
an_engine_that_floods_costs_little(void **state)
{
	struct ipc_sign_session session = {
		.session = 4, .role = SIGN_CLIENT
	};
	struct ipc_sign_router router = { .number = 1, .vallen = 3 };
	struct pollfd pfd = { .events = POLLOUT };
	struct ipc_identity who;
	struct imsg imsg;
	struct signer s;
	unsigned int n, answers = 0;
	long kb;

	(void)state;
	ready(&s, &who);
	kb = rss_of(&s);
	pfd.fd = imsgbuf_fd(s.engine);
	for (n = 0; n < FLOOD; n++) {
		assert_int_equal(imsg_compose(s.engine, IPC_SIGN_ROUTER, 0,
		    -1, &router, sizeof(router)), 0);
		assert_int_equal(imsg_compose(s.engine, IPC_SIGN_SESSION, 0,
		    -1, &session, sizeof(session)), 0);
		assert_int_equal(imsgbuf_write(s.engine), 0);
		if (imsgbuf_queued(s.engine) > 0 &&
		    poll(&pfd, 1, STUCK) == 0)
			break;
	}
	assert_true(n < FLOOD);
	assert_true(rss_of(&s) - kb < GROWN_KB);
	/* One router datum and all sessions. */
	for (; answers < n + 2; answers++)
		assert_int_not_equal(next(&s, s.engine, &imsg), 0);
	assert_int_equal(end(&s), 0);
	assert_true(s.lines <= 2);
}

static int
setup(void **state)
{
	(void)state;
	strlcpy(empty, "/tmp/sroamd-signer.XXXXXX", sizeof(empty));
	return mkdtemp(empty) == NULL || sodium_init() == -1 ? -1 : 0;
}

static int
teardown(void **state)
{
	(void)state;
	return rmdir(empty);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_who_we_are),
		cmocka_unit_test(a_file_of_another_length_is_none),
		cmocka_unit_test(router_data_have_numbers_that_rise),
		cmocka_unit_test(sessions_are_signed_with_their_role),
		cmocka_unit_test(no_engine_can_end_it),
		cmocka_unit_test(an_engine_that_floods_costs_little)
	};

	(void)argc;
	if (geteuid() != 0) {
		print_message("SKIP: the signer needs root to give it up\n");
		return 0;
	}
	snprintf(program, sizeof(program), "%s/../sroamd/sroamd-signer",
	    dirname(argv[0]));
	return cmocka_run_group_tests(tests, setup, teardown);
}
