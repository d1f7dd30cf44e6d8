/* SPDX-License-Identifier: ISC */
/*
 * A configuration with memory refused, at each allocation in turn: when it is
 * parsed, and when a child receives it.  It is refused, with a reason and
 * without a leak, or it is right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/conf.h"
#include "ipc/conf_ipc.h"
#include "own_copy.h"
#include "refuse.h"

#define ATTEMPTS	2000
#define MESSAGES	64

/* A pipe that keeps what is sent. */
struct pipe {
	struct imsg	imsg[MESSAGES];
	uint8_t		room[MESSAGES][IMSG_MAX];
	int		n;
};

void	 __real_free(void *);	/* of what was not counted */

static char	 said[4096];

static void
say(const char *fmt, va_list ap)
{
	size_t n = strlen(said);

	vsnprintf(said + n, sizeof(said) - n, fmt, ap);
}

#define TAKE(name, ends)				\
void							\
name(const char *fmt, ...)				\
{							\
	va_list ap;					\
							\
	va_start(ap, fmt);				\
	say(fmt, ap);					\
	va_end(ap);					\
	if (ends) {					\
		fail_msg("%s", said);			\
		abort();				\
	}						\
}

TAKE(log_debug, false)
TAKE(log_info, false)
TAKE(log_warnx, false)
TAKE(log_warn, false)
TAKE(fatal, true)
TAKE(fatalx, true)

void
pipe_send(struct pipe *p, uint32_t type, uint32_t id, int fd, const void *data,
    size_t len)
{
	assert_int_equal(fd, -1);
	assert_in_range(p->n, 0, MESSAGES - 1);
	if (len > 0)
		memcpy(p->room[p->n], data, len);
	p->imsg[p->n] = (struct imsg){ .type = type, .id = id, .fd = -1,
	    .len = len, .data = p->room[p->n] };
	p->n++;
}

const char *
ipc_name(uint32_t type)
{
	(void)type;
	return "message";
}

static char *
print(const struct conf *conf)
{
	char *text = NULL;
	size_t len;
	FILE *fp;

	assert_non_null(fp = open_memstream(&text, &len));
	conf_print(conf, fp);
	assert_int_equal(fclose(fp), 0);
	return text;
}

/* Whether any allocation was refused. */
static bool
read_refused(const char *path, unsigned int first, unsigned int len,
    const char *expected)
{
	struct conf *conf;
	uint64_t counted = nomem_count();
	long before = refuse_held();
	unsigned int n;
	char *text;

	said[0] = '\0';
	refuse(first, len);
	conf = conf_parse(path);
	n = refuse_refused();
	refuse(0, 0);
	if (n > 0) {
		/* It may be wrong anyway, but it cannot be accepted. */
		assert_null(conf);
		assert_string_not_equal(said, "");
		if (expected != NULL)
			assert_true(strstr(said, "no memory") != NULL ||
			    strstr(said, "Cannot allocate") != NULL);
		assert_true(nomem_count() <= counted + n);
	} else if (expected != NULL) {
		assert_non_null(conf);
		text = print(conf);
		assert_string_equal(text, expected);
		__real_free(text);
	} else
		assert_null(conf);
	conf_free(conf);
	assert_int_equal(refuse_held(), before);
	return n > 0;
}

static void
what_is_read_is_refused_or_right(void **state)
{
	unsigned int n, all = 0;
	struct conf *conf;
	char *text;
	glob_t files;
	size_t i;

	(void)state;
	own_copy_enter();
	assert_int_equal(glob("regress/config/*.in", 0, NULL, &files), 0);
	assert_in_range(files.gl_pathc, 10, 1000);
	for (i = 0; i < files.gl_pathc; i++) {
		said[0] = '\0';
		conf = conf_parse(files.gl_pathv[i]);
		text = conf != NULL ? print(conf) : NULL;
		conf_free(conf);
		for (n = 1; n <= ATTEMPTS && read_refused(files.gl_pathv[i], n,
		    1, text); n++)
			if (n % 16 == 0)
				read_refused(files.gl_pathv[i], n, 100000,
				    text);
		all += n - 1;
		__real_free(text);
	}
	globfree(&files);
	own_copy_leave();
	print_message("%u allocations\n", all);
	assert_true(all > 2000);
}

/* Whether the child is ready. */
static bool
send_refused(const struct pipe *p, unsigned int first, unsigned int len,
    const struct conf *like)
{
	struct imsg commit = { .type = IPC_CONF_COMMIT, .fd = -1 };
	struct imsg abort_ = { .type = IPC_CONF_ABORT, .fd = -1 };
	enum conf_received state = CONF_MORE;
	struct conf_receiver r = { 0 };
	struct conf *conf = NULL;
	long before = refuse_held();
	unsigned int n;
	char *a, *b;
	int i;

	said[0] = '\0';
	refuse(first, len);
	for (i = 0; i < p->n; i++) {
		assert_int_equal(state, CONF_MORE);
		assert_null(conf_receive(&r, &p->imsg[i], &state));
	}
	n = refuse_refused();
	refuse(0, 0);
	assert_int_equal(state, n > 0 ? CONF_REFUSED : CONF_READY);
	if (n > 0)
		assert_null(conf_receive(&r, &abort_, &state));
	else {
		assert_non_null(conf = conf_receive(&r, &commit, &state));
		a = print(conf);
		b = print(like);
		assert_string_equal(a, b);
		__real_free(a);
		__real_free(b);
	}
	assert_int_equal(state, CONF_MORE);
	assert_null(r.staged);
	assert_false(r.refused);
	conf_free(conf);
	/* The next one is taken as if nothing had been. */
	for (i = 0; i < p->n; i++)
		conf_receive(&r, &p->imsg[i], &state);
	assert_int_equal(state, CONF_READY);
	conf_free(conf_receive(&r, &commit, &state));
	assert_int_equal(refuse_held(), before);
	return n == 0;
}

static void
what_a_child_takes_is_refused_or_right(void **state)
{
	static struct pipe p;
	struct conf *conf;
	unsigned int n, all = 0;
	glob_t files;
	size_t i;

	(void)state;
	own_copy_enter();
	assert_int_equal(glob("regress/config/*.in", 0, NULL, &files), 0);
	for (i = 0; i < files.gl_pathc; i++) {
		said[0] = '\0';
		if ((conf = conf_parse(files.gl_pathv[i])) == NULL)
			continue;
		p.n = 0;
		conf_send(&p, conf, true);
		/* Its texts are wanted by nobody but the parent. */
		memset(&conf->tls, 0, sizeof(conf->tls));
		for (n = 1; n <= ATTEMPTS; n++)
			if (send_refused(&p, n, 1, conf))
				break;
		all += n - 1;
		send_refused(&p, 1, 100000, conf);
		conf_free(conf);
	}
	globfree(&files);
	own_copy_leave();
	assert_true(all > 50);
}

static void
it_is_said_once_a_minute(void **state)
{
	uint64_t before = nomem_count();
	int i;

	(void)state;
	said[0] = '\0';
	for (i = 0; i < 1000; i++)
		nomem("a test");
	assert_int_equal(nomem_count(), before + 1000);
	assert_string_equal(said, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_refused_or_right),
		cmocka_unit_test(what_a_child_takes_is_refused_or_right),
		cmocka_unit_test(it_is_said_once_a_minute)
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	own_copy_remove();
	return failed;
}
