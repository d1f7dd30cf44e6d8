/* SPDX-License-Identifier: ISC */
/*
 * The store's file, once it was examined, on any disk: what is wrong is logged
 * in one line, and writing continues if that is possible at all.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_table.h"
#include "stub_log.h"

#define NOBODY		65534
#define RECORDS		2000

static char	dir[64], table[96];

static int
setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_store.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(table, sizeof(table), "%s/table", dir);
	stub_log_clear();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)chmod(dir, 0700);
	(void)unlink(table);
	return rmdir(dir);
}

static void
what_is_written_is_there_again(void **state)
{
	struct store_file *f;
	struct stored want;

	(void)state;
	store_fill(dir, RECORDS);
	f = store_file_open(dir, dir);
	assert_non_null(f);
	assert_int_equal(store_count(f), RECORDS);
	store_make(&want, RECORDS - 1);
	assert_memory_equal(store_last.data, want.data, 11);
	assert_int_equal(store_last.seqno, want.seqno);
	assert_true(store_last.expires.us == want.expires.us);
	assert_true(store_last.claimed.us == want.claimed.us);
	assert_int_equal(store_lines(), 0);
	store_file_close(f);
}

static void
a_full_disk_is_an_error_that_passes(void **state)
{
	struct rlimit old, few;
	struct store_file *f;
	int rc;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	f = store_file_open(dir, dir);
	assert_non_null(f);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	few = old;
	few.rlim_cur = 32768;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	rc = store_change(f, 0, RECORDS, true);
	assert_int_not_equal(rc, 0);
	assert_true(store_file_passing(rc));
	assert_int_equal(store_change(f, 0, 3, true), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(store_change(f, 0, RECORDS, true), 0);
	assert_int_equal(store_count(f), RECORDS);
	store_file_close(f);
}

static void
become_nobody(mode_t folder, mode_t file)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(dir, NOBODY, NOBODY), 0);
	assert_int_equal(chmod(dir, folder), 0);
	assert_int_equal(chmod(table, file), 0);
	assert_int_equal(chown(table, file & 0400 ? NOBODY : 0, 0), 0);
	assert_int_equal(seteuid(NOBODY), 0);
}

static void
a_file_that_may_only_be_read_is_read(void **state)
{
	struct store_file *f;

	(void)state;
	store_fill(dir, RECORDS);
	become_nobody(0500, 0400);
	f = store_file_open(dir, dir);
	assert_int_equal(seteuid(0), 0);
	assert_non_null(f);
	assert_false(store_file_writable(f));
	assert_int_equal(store_lines(), 1);
	assert_int_equal(store_count(f), RECORDS);
	store_file_close(f);
}

static void
a_folder_that_may_not_be_written_is_said(void **state)
{
	struct store_file *f;

	(void)state;
	store_octets(table, "", 0, 0);
	become_nobody(0500, 0600);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(unlink(table), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	f = store_file_open(dir, dir);
	assert_int_equal(seteuid(0), 0);
	assert_null(f);
	assert_int_equal(store_lines(), 1);
	assert_non_null(strstr(stub_log_text(), "memory only"));
}

static void
a_folder_that_is_not_there_is_said(void **state)
{
	(void)state;
	assert_null(store_file_open("/nonexistent", "/nonexistent"));
	assert_int_equal(store_lines(), 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_there_again),
		TEST(a_full_disk_is_an_error_that_passes),
		TEST(a_file_that_may_only_be_read_is_read),
		TEST(a_folder_that_may_not_be_written_is_said),
		TEST(a_folder_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests_name("store_file", tests, NULL, NULL);
}
