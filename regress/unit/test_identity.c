/* SPDX-License-Identifier: ISC */
/* The file of the identity: made once, and never another's or a broken one. */
#include <sys/stat.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "parent/identity.h"
#include "stub_log.h"

static char	folder[64];

static struct conf_global
in_state(void)
{
	struct conf_global g = { .state = "" };

	snprintf(g.state, sizeof(g.state), "%s/state", folder);
	return g;
}

static struct conf_global
in_file(const char *name)
{
	struct conf_global g = { .state = "" };

	snprintf(g.identity, sizeof(g.identity), "%s/%s", folder, name);
	return g;
}

/* What the signer reads; the descriptor is closed. */
static size_t
octets(int fd, uint8_t *to)
{
	uint8_t buf[100];
	ssize_t n;

	assert_int_not_equal(fd, -1);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	n = read(fd, buf, sizeof(buf));
	assert_in_range(n, 0, sizeof(buf));
	memcpy(to, buf, 32);
	assert_int_equal(read(fd, buf, 1), 0);
	close(fd);
	return (size_t)n;
}

static void
write_file(const char *path, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
refused(const struct conf_global *g, const char *why)
{
	stub_log_clear();
	assert_int_equal(identity_open(g, false), -1);
	if (strstr(stub_log_text(), why) == NULL)
		fail_msg("%s: not in: %s", why, stub_log_text());
}

static void
it_is_made_once(void **state)
{
	struct conf_global rows[] = { in_state(), in_file("own") };
	uint8_t first[32], again[32], other[32] = { 0 };
	char path[CONF_PATH + 16];
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(octets(identity_open(&rows[i], false), first),
		    32);
		assert_int_equal(octets(identity_open(&rows[i], true), again),
		    32);
		assert_memory_equal(first, again, 32);
		assert_memory_not_equal(first, other, 32);
		memcpy(other, first, 32);
		strlcpy(path, i == 0 ? rows[i].state : rows[i].identity,
		    sizeof(path));
		if (i == 0)
			strlcat(path, "/identity", sizeof(path));
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(st.st_size, 32);
		assert_int_equal(st.st_nlink, 1);
	}
}

static void
what_is_not_one_is_refused_and_stays(void **state)
{
	static const struct {
		const char	*name;
		size_t		 len;
		mode_t		 mode;
		const char	*why;
	} rows[] = {
		{ "empty", 0, 0600, "32 octets" },
		{ "short", 31, 0600, "32 octets" },
		{ "long", 33, 0600, "32 octets" },
		{ "open", 32, 0640, "chmod 600" },
		{ "wide", 32, 0604, "chmod 600" }
	};
	struct conf_global g;
	struct stat st;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		g = in_file(rows[i].name);
		write_file(g.identity, rows[i].len, rows[i].mode);
		refused(&g, rows[i].why);
		assert_int_equal(stat(g.identity, &st), 0);
		assert_int_equal(st.st_size, rows[i].len);
	}
	g = in_file("link");
	assert_int_equal(symlink("own", g.identity), 0);
	refused(&g, "identity ");
	g = in_file("nowhere/identity");
	refused(&g, "nowhere/identity");
	g = in_file("folder");
	assert_int_equal(mkdir(g.identity, 0700), 0);
	refused(&g, "not a file");
	assert_int_equal(chmod(g.identity, 01777), 0);
	g = in_file("folder/identity");
	refused(&g, "others write to it");
	assert_int_equal(rmdir(in_file("folder").identity), 0);
	if (geteuid() == 0) {
		g = in_file("strangers");
		write_file(g.identity, 32, 0600);
		assert_int_equal(chown(g.identity, 65534, 65534), 0);
		refused(&g, "must be root's");
	}
}

/* In the state folder, too: the next start would be another router. */
static void
a_broken_one_in_the_state_folder_is_no_reason_for_another(void **state)
{
	struct conf_global g = in_state();
	char path[CONF_PATH + 16];

	(void)state;
	snprintf(path, sizeof(path), "%s/identity", g.state);
	assert_int_equal(truncate(path, 3), 0);
	refused(&g, "32 octets");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("elsewhere", path), 0);
	refused(&g, "identity ");
}

static void
without_a_place_there_is_one_for_this_run(void **state)
{
	struct conf_global none = { .state = "" }, bad = { .state = "" };
	uint8_t first[32], again[32];

	(void)state;
	stub_log_clear();
	assert_int_equal(octets(identity_open(&none, false), first), 32);
	assert_int_equal(octets(identity_open(&none, false), again), 32);
	assert_memory_not_equal(first, again, 32);
	assert_non_null(strstr(stub_log_text(), "another one at each start"));
	snprintf(bad.state, sizeof(bad.state), "%s/nowhere/state", folder);
	assert_int_equal(octets(identity_open(&bad, false), first), 32);
	assert_non_null(strstr(stub_log_text(), "is not kept"));
	/* Asked for by name, it would be of no use. */
	assert_int_equal(identity_open(&none, true), -1);
	assert_int_equal(identity_open(&bad, true), -1);
}

static int
setup(void **state)
{
	(void)state;
	strlcpy(folder, "/tmp/sroamd-identity.XXXXXX", sizeof(folder));
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_made_once),
		cmocka_unit_test(what_is_not_one_is_refused_and_stays),
		cmocka_unit_test(
		    a_broken_one_in_the_state_folder_is_no_reason_for_another),
		cmocka_unit_test(without_a_place_there_is_one_for_this_run)
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
