/* SPDX-License-Identifier: ISC */
/*
 * The engine's folder in every state that a disk, or who was there before, can
 * leave it in, as it is before the engine starts: the real examiner looks at
 * it.  Each is logged in one line, no readable record is lost, what is no good
 * is put aside as it was, and a table is there that can be written.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "parent/paths.h"
#include "parent/program.h"
#include "parent/state.h"
#include "store_table.h"
#include "stub_log.h"

#define USER		"nobody"
#define NOBODY		65534
#define FORMER		54321		/* a user's number before */
#define RECORDS		2000
#define SECONDS		10
#define PAGE		4096
#define HUGE_FILE	((off_t)1 << 40)

/* Where LMDB keeps things, in the first two pages. */
#define META_MAP	32		/* octets to map */
#define META_ROOT	128		/* page of the tree's root */
#define META_LAST	136		/* last page in use */
#define META_NUMBER	144		/* of the last transaction */
#define PAGE_NODES	16		/* offsets of its nodes */

static char	dir[64], path[96], table[128], bad[128], newer[128];
static char	program[128];

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_state.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/engine", dir);
	snprintf(table, sizeof(table), "%s/table", path);
	snprintf(bad, sizeof(bad), "%s/table.bad", path);
	snprintf(newer, sizeof(newer), "%s/table.newer", path);
	snprintf(program, sizeof(program), "%s/examiner", dir);
	stub_log_clear();
	return mkdir(path, 0700) == -1 ||
	    chown(path, NOBODY, NOBODY) == -1 ? -1 : 0;
}

static int
teardown(void **state)
{
	char name[140];

	(void)state;
	(void)unlink(table);
	(void)rmdir(table);
	(void)unlink(bad);
	(void)rmdir(bad);
	(void)unlink(newer);
	(void)unlink(program);
	snprintf(name, sizeof(name), "%s/other", dir);
	(void)unlink(name);
	snprintf(name, sizeof(name), "%s.new", table);
	(void)unlink(name);
	return rmdir(path) == -1 || rmdir(dir) == -1 ? -1 : 0;
}

static struct store_file *
open_it(void)
{
	struct store_file *f = store_file_open(path, path);

	assert_non_null(f);
	return f;
}

/* What the user's own is examined; the engine's side of it. */
static struct store_file *
start(void)
{
	char where[96];

	(void)!lchown(table, NOBODY, NOBODY);
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where),
	    SECONDS), 0);
	assert_string_equal(where, path);
	return open_it();
}

/*
 * Started with one line of log that has the word, and the file is aside; it can
 * be written then.
 */
static void
goes_on_without(const char *word, const char *aside)
{
	struct store_file *f;

	stub_log_clear();
	f = start();
	if (store_lines() != 1 || strstr(stub_log_text(), word) == NULL ||
	    strstr(stub_log_text(), table) == NULL)
		fail_msg("said: %s", stub_log_text());
	assert_int_equal(store_count(f), 0);
	assert_int_equal(store_change(f, 7, 1, true), 0);
	store_file_close(f);
	f = start();
	assert_int_equal(store_lines(), 1);
	assert_int_equal(store_count(f), 1);
	store_file_close(f);
	assert_int_equal(faccessat(AT_FDCWD, aside, F_OK, AT_SYMLINK_NOFOLLOW),
	    0);
}

static void
goes_on(const char *word)
{
	goes_on_without(word, bad);
}

/* Started with all records, and nothing said. */
static void
is_whole(void)
{
	struct store_file *f = start();

	if (store_lines() != 0)
		fail_msg("said: %s", stub_log_text());
	assert_int_equal(store_count(f), RECORDS);
	store_file_close(f);
}

static void
nothing_is_nothing_to_speak_of(void **state)
{
	struct store_file *f;

	(void)state;
	f = start();
	assert_int_equal(store_count(f), 0);
	store_file_close(f);
	assert_int_equal(store_lines(), 0);
}

static void
what_is_forgotten_is_gone_and_its_room_given_back(void **state)
{
	struct store_file *f;
	struct stat full, st;

	(void)state;
	store_fill(path, RECORDS);
	assert_int_equal(stat(table, &full), 0);
	f = open_it();
	assert_int_equal(store_change(f, 3, RECORDS - 3, false), 0);
	assert_int_equal(store_change(f, 3, RECORDS - 3, false), 0);
	assert_int_equal(store_count(f), 3);
	store_file_close(f);
	f = start();
	assert_int_equal(store_lines(), 0);
	assert_int_equal(store_count(f), 3);
	assert_int_equal(stat(table, &st), 0);
	assert_true(st.st_size < full.st_size / 4);
	store_file_close(f);
}

static void
another_programs_file_is_put_aside(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'x', sizeof(text));
	store_octets(table, text, sizeof(text), 0);
	goes_on("not a table of ours");
}

static void
another_programs_lmdb_is_put_aside(void **state)
{
	(void)state;
	store_lmdb(table, "key", 3, "value", 5);
	goes_on("not a table of ours");
}

static void
newer_version_is_put_aside(void **state)
{
	static const uint8_t head[] = "sroamtbl\0\3 and what it likes";

	(void)state;
	store_fill(path, 10);
	store_lmdb(table, store_head_key, sizeof(store_head_key), head,
	    sizeof(head));
	goes_on_without("newer version; rename table.newer to table before",
	    newer);
}

/* Also when a damaged one comes after it. */
static void
newer_version_outlives_a_damaged_file(void **state)
{
	char text[9000];

	newer_version_is_put_aside(state);
	memset(text, 'x', sizeof(text));
	store_octets(table, text, sizeof(text), 0);
	goes_on("not a table of ours");
	assert_int_equal(access(newer, F_OK), 0);
}

static void
one_wrong_record_is_noticed(void **state)
{
	static const uint8_t key[] = { 0, 10, 0, 0, 1 };

	(void)state;
	store_fill(path, 10);
	store_lmdb(table, key, sizeof(key), "0123456789012345678901234567", 28);
	goes_on("damaged");
}

static void
one_that_was_put_aside_makes_room_for_the_next(void **state)
{
	char text[5000];
	struct stat st;

	(void)state;
	memset(text, 'x', sizeof(text));
	store_octets(bad, text, 10, 0);
	store_octets(table, text, sizeof(text), 0);
	goes_on("not a table of ours");
	assert_int_equal(stat(bad, &st), 0);
	assert_int_equal(st.st_size, sizeof(text));
}

static const uint8_t	noise[] = { 0x00, 0xff, 0x2a };

static void
damage(size_t at, size_t how)
{
	uint8_t page[PAGE];

	if (how == sizeof(noise)) {
		assert_int_equal(truncate(table, (off_t)at), 0);
		return;
	}
	memset(page, noise[how], sizeof(page));
	store_octets(table, page, sizeof(page), (off_t)at);
}

/* All of it, or nothing and a line; then it is written again. */
static bool
survives(bool said)
{
	struct store_file *f = start();
	bool whole;

	whole = store_count(f) == RECORDS;
	if (!whole) {
		/* The page before the last may be free. */
		assert_int_equal(store_count(f), 0);
		assert_int_equal(store_lines(), said ? 1 : 0);
	}
	assert_int_equal(store_change(f, 0, RECORDS, true), 0);
	assert_int_equal(store_count(f), RECORDS);
	store_file_close(f);
	return whole;
}

/*
 * Any page of the file overwritten, or the file cut there: LMDB may crash when
 * it reads that, we may not.
 */
static void
no_damage_kills(void **state)
{
	struct stat st;
	size_t i, n, pages;
	bool wrong = false;

	(void)state;
	store_fill(path, RECORDS);
	assert_int_equal(stat(table, &st), 0);
	pages = (size_t)st.st_size / PAGE;
	assert_true(pages > 10);
	for (i = 0; i < pages; i++)
		for (n = 0; n <= sizeof(noise); n++) {
			(void)unlink(table);
			(void)unlink(bad);
			store_fill(path, RECORDS);
			stub_log_clear();
			damage(i * PAGE, n);
			wrong |= !survives(n < sizeof(noise) || i > 0);
		}
	assert_true(wrong);
}

/* No room for the new copy: the old file is used. */
static void
a_disk_full_at_start_loses_nothing(void **state)
{
	struct rlimit old, few;
	struct store_file *f;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	store_fill(path, RECORDS);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	few = old;
	few.rlim_cur = 32768;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	f = start();
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(store_count(f), RECORDS);
	assert_int_equal(store_change(f, 0, 3, false), 0);
	assert_int_equal(store_count(f), RECORDS - 3);
	store_file_close(f);
}

/* Files that are none. */

static void
a_link_is_put_aside_and_not_followed(void **state)
{
	char other[128];
	struct stat st;

	(void)state;
	snprintf(other, sizeof(other), "%s/other", dir);
	store_octets(other, "secret", 6, 0);
	assert_int_equal(symlink(other, table), 0);
	goes_on("not a table of ours");
	assert_int_equal(lstat(bad, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_uid, 0);
	assert_int_equal(st.st_size, 6);
}

static void
a_fifo_is_put_aside(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(table, 0600), 0);
	goes_on("not a table of ours");
}

static void
a_folder_is_put_aside(void **state)
{
	(void)state;
	assert_int_equal(mkdir(table, 0700), 0);
	goes_on("not a table of ours");
}

/* Files that would use up the machine. */

static void
a_giant_file_is_put_aside(void **state)
{
	(void)state;
	store_octets(table, "", 0, 0);
	assert_int_equal(truncate(table, HUGE_FILE), 0);
	goes_on("not a table of ours");
}

static void
a_giant_tail_is_cut_off(void **state)
{
	struct stat st;

	(void)state;
	store_fill(path, RECORDS);
	assert_int_equal(truncate(table, HUGE_FILE), 0);
	is_whole();
	assert_int_equal(stat(table, &st), 0);
	assert_true(st.st_size < 1 << 20);
}

static void
put_in_headers(off_t at, uint64_t value)
{
	store_octets(table, &value, sizeof(value), at);
	store_octets(table, &value, sizeof(value), PAGE + at);
}

static void
a_header_that_wants_much_memory_gets_none(void **state)
{
	struct stat st;

	(void)state;
	store_fill(path, RECORDS);
	put_in_headers(META_MAP, (uint64_t)1 << 46);
	is_whole();
	assert_int_equal(stat(table, &st), 0);
	assert_true(st.st_size < 1 << 20);
}

static void
a_header_with_pages_beyond_all_memory_is_damaged(void **state)
{
	(void)state;
	store_fill(path, RECORDS);
	put_in_headers(META_LAST, (uint64_t)1 << 40);
	goes_on("is damaged");
}

static uint64_t
number(int fd, off_t at)
{
	uint64_t n;

	assert_int_equal(pread(fd, &n, sizeof(n), at), sizeof(n));
	return n;
}

/* The tree's root has itself for its first branch. */
static void
a_tree_without_end_is_damaged(void **state)
{
	uint16_t node, low[3];
	uint64_t root;
	off_t page;
	int fd;

	(void)state;
	store_fill(path, RECORDS);
	assert_true((fd = open(table, O_RDONLY)) != -1);
	page = number(fd, META_NUMBER) > number(fd, PAGE + META_NUMBER) ? 0 :
	    PAGE;
	root = number(fd, page + META_ROOT);
	page = (off_t)root * PAGE;
	assert_int_equal(pread(fd, &node, sizeof(node), page + PAGE_NODES),
	    sizeof(node));
	close(fd);
	low[0] = (uint16_t)root;
	low[1] = (uint16_t)(root >> 16);
	low[2] = 0;
	store_octets(table, low, sizeof(low), page + node);
	goes_on("is damaged");
}

/* Whose the files are. */

static void
a_file_that_may_not_be_read_is_put_aside(void **state)
{
	struct store_file *f;
	char where[96];

	(void)state;
	store_fill(path, RECORDS);
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where),
	    SECONDS), 0);
	assert_int_equal(store_lines(), 1);
	assert_non_null(strstr(stub_log_text(), "may not be read"));
	f = open_it();
	assert_int_equal(store_count(f), 0);
	store_file_close(f);
	assert_int_equal(access(bad, F_OK), 0);
}

/* As after an upgrade, by which the engine has another user. */
static void
another_users_folder_is_taken_over_with_its_table(void **state)
{
	struct store_file *f;
	char where[96];
	struct stat st;

	(void)state;
	store_fill(path, RECORDS);
	assert_int_equal(chown(path, FORMER, FORMER), 0);
	assert_int_equal(chown(table, FORMER, FORMER), 0);
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where),
	    SECONDS), 0);
	assert_int_equal(store_lines(), 0);
	assert_int_equal(stat(table, &st), 0);
	assert_int_equal(st.st_uid, NOBODY);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, NOBODY);
	assert_int_equal(st.st_mode & 07777, 0700);
	f = open_it();
	assert_int_equal(store_count(f), RECORDS);
	store_file_close(f);
}

/* The former user may have made links to what is not his to give away. */
static void
what_is_elsewhere_too_is_not_given_away(void **state)
{
	char other[128], where[96];
	struct stat st;

	(void)state;
	snprintf(other, sizeof(other), "%s/other", dir);
	store_octets(other, "secret", 6, 0);
	assert_int_equal(chown(other, FORMER, FORMER), 0);
	assert_int_equal(chown(path, FORMER, FORMER), 0);
	assert_int_equal(link(other, table), 0);
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where),
	    SECONDS), 0);
	assert_non_null(strstr(stub_log_text(), "may not be read"));
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_uid, FORMER);
}

/* An examiner of another kind. */

static void
examined_by(const char *script)
{
	static char option[160];

	(void)unlink(program);
	store_octets(program, "#!/bin/sh\n", 10, 0);
	store_octets(program, script, strlen(script), 10);
	assert_int_equal(chmod(program, 0755), 0);
	snprintf(option, sizeof(option), "examiner=%s", program);
	assert_int_equal(program_set(option), 0);
}

static void
real_again(void)
{
	static char option[1200];

	snprintf(option, sizeof(option), "examiner=%s/sroamd-examiner",
	    programs_folder);
	assert_int_equal(program_set(option), 0);
}

static void
one_that_does_not_end_is_not_waited_for(void **state)
{
	struct store_file *f;
	char where[96];

	(void)state;
	store_fill(path, RECORDS);
	examined_by("exec sleep 60\n");
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where), 1),
	    0);
	real_again();
	assert_string_equal(where, "");
	assert_int_equal(store_lines(), 1);
	assert_non_null(strstr(stub_log_text(), "is not read after 1 s"));
	f = open_it();
	assert_int_equal(store_count(f), RECORDS);
	store_file_close(f);
}

/*
 * What etc/sroamd.service leaves of root's rights, as far as it matters here,
 * for this process and what it runs.
 */
static void
keep_few_rights(void)
{
	static const unsigned int kept[] = {
		CAP_SYS_CHROOT, CAP_SETUID, CAP_SETGID, CAP_SETPCAP
	};
	size_t i;

	capng_clear(CAPNG_SELECT_BOTH);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED |
		    CAPNG_BOUNDING_SET, kept[i]);
	if (capng_apply(CAPNG_SELECT_BOTH) != 0)
		_exit(98);
}

/* With these, it is prepared: the path, or none; a line with the word. */
static void
few_rights_do(const char *expected, int seconds, const char *word)
{
	char where[96];
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		keep_few_rights();
		if (state_prepare(dir, USER, where, sizeof(where),
		    seconds) != 0)
			_exit(1);
		if (strcmp(where, expected) != 0)
			_exit(2);
		if (strstr(stub_log_text(), word) == NULL ||
		    store_lines() != (word[0] == '\0' ? 0 : 1))
			_exit(3);
		/* Nothing is left running. */
		_exit(waitpid(-1, NULL, WNOHANG) == -1 ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void
a_folder_that_is_right_needs_few_rights(void **state)
{
	(void)state;
	few_rights_do(path, SECONDS, "");
	store_fill(path, RECORDS);
	assert_int_equal(chown(table, NOBODY, NOBODY), 0);
	few_rights_do(path, SECONDS, "");
	is_whole();
}

static void
nor_does_one_with_a_table_that_is_no_good(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'x', sizeof(text));
	store_octets(table, text, sizeof(text), 0);
	assert_int_equal(chown(table, NOBODY, NOBODY), 0);
	few_rights_do(path, SECONDS, "not a table of ours");
	assert_int_equal(access(bad, F_OK), 0);
}

/* It is another user's by then. */
static void
one_that_does_not_end_is_ended_with_few_rights(void **state)
{
	(void)state;
	store_fill(path, RECORDS);
	examined_by("exec setpriv --reuid 65534 --regid 65534 --clear-groups "
	    "sleep 60\n");
	few_rights_do("", 1, "is not read after 1 s");
	real_again();
}

static void
one_that_dies_leaves_no_table(void **state)
{
	char where[96];

	(void)state;
	store_fill(path, RECORDS);
	examined_by("kill -SEGV $$\n");
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where),
	    SECONDS), 0);
	real_again();
	assert_string_equal(where, path);
	assert_non_null(strstr(stub_log_text(), "is damaged"));
	assert_int_equal(access(bad, F_OK), 0);
	assert_int_equal(access(table, F_OK), -1);
}

/* What it cannot be told from is no verdict: the file stays. */
static void
one_that_fails_is_the_end_of_the_start(void **state)
{
	static const char *const rows[][2] = {
		{ "exit 3\n", "not of the same build" },
		{ "exit 1\n", "exited with status 1" },
		{ "exit 0\n", "exited with status 0" },
		{ "exit 99\n", "exited with status 99" }
	};
	char where[96];
	size_t i;

	(void)state;
	store_fill(path, RECORDS);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stub_log_clear();
		examined_by(rows[i][0]);
		assert_int_equal(state_prepare(dir, USER, where,
		    sizeof(where), SECONDS), -1);
		assert_int_equal(store_lines(), 1);
		assert_non_null(strstr(stub_log_text(), rows[i][1]));
		assert_int_equal(access(table, F_OK), 0);
	}
	real_again();
}

/* It has the standard descriptors only. */
static void
it_inherits_nothing(void **state)
{
	char where[96];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	store_fill(path, RECORDS);
	/* The shell has its script as 10. */
	examined_by("for f in 3 4 5 6 7 8 9; do\n"
	    "test -e /proc/$$/fd/$f && exit 99; done; exit 16\n");
	assert_int_equal(state_prepare(dir, USER, where, sizeof(where),
	    SECONDS), 0);
	real_again();
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(store_lines(), 0);
}

static void
without_a_folder_there_is_no_store(void **state)
{
	char where[96];

	(void)state;
	assert_int_equal(state_prepare("", USER, where, sizeof(where), 1), 0);
	assert_string_equal(where, "");
	assert_int_equal(store_lines(), 0);
	assert_int_equal(state_prepare("/proc/none", USER, where,
	    sizeof(where), 1), 0);
	assert_string_equal(where, "");
	assert_int_equal(store_lines(), 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_nothing_to_speak_of),
		TEST(what_is_forgotten_is_gone_and_its_room_given_back),
		TEST(another_programs_file_is_put_aside),
		TEST(another_programs_lmdb_is_put_aside),
		TEST(newer_version_is_put_aside),
		TEST(newer_version_outlives_a_damaged_file),
		TEST(one_wrong_record_is_noticed),
		TEST(one_that_was_put_aside_makes_room_for_the_next),
		TEST(no_damage_kills),
		TEST(a_disk_full_at_start_loses_nothing),
		TEST(a_link_is_put_aside_and_not_followed),
		TEST(a_fifo_is_put_aside),
		TEST(a_folder_is_put_aside),
		TEST(a_giant_file_is_put_aside),
		TEST(a_giant_tail_is_cut_off),
		TEST(a_header_that_wants_much_memory_gets_none),
		TEST(a_header_with_pages_beyond_all_memory_is_damaged),
		TEST(a_tree_without_end_is_damaged),
		TEST(a_file_that_may_not_be_read_is_put_aside),
		TEST(another_users_folder_is_taken_over_with_its_table),
		TEST(what_is_elsewhere_too_is_not_given_away),
		TEST(one_that_does_not_end_is_not_waited_for),
		TEST(a_folder_that_is_right_needs_few_rights),
		TEST(nor_does_one_with_a_table_that_is_no_good),
		TEST(one_that_does_not_end_is_ended_with_few_rights),
		TEST(one_that_dies_leaves_no_table),
		TEST(one_that_fails_is_the_end_of_the_start),
		TEST(it_inherits_nothing),
		TEST(without_a_folder_there_is_no_store),
	};

	if (geteuid() != 0) {
		printf("SKIP: the examiner needs root to give it up\n");
		return 77;
	}
	alarm(300);
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
