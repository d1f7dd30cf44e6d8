/* SPDX-License-Identifier: ISC */
/* The file by which a run knows what a former one has set in the kernel. */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel/footprint_file.h"
#include "stub_log.h"

static char			dir[] = "/tmp/footprint.XXXXXX";
static char			file[64];
static struct footprint		a, b;

/* As of this boot. */
static FILE *
begin(void)
{
	char id[64] = "";
	FILE *f;

	assert_non_null(f = fopen("/proc/sys/kernel/random/boot_id", "r"));
	assert_non_null(fgets(id, sizeof(id), f));
	fclose(f);
	assert_non_null(f = fopen(file, "w"));
	assert_true(fprintf(f, "boot %s", id) > 0);
	return f;
}

static void
put(const char *text)
{
	FILE *f = begin();

	assert_true(fputs(text, f) != EOF);
	fclose(f);
}

static bool
is_empty(const struct footprint *fp)
{
	static const struct footprint nothing;

	return memcmp(fp, &nothing, sizeof(nothing)) == 0;
}

static void
what_is_written_is_read(void **state)
{
	const char *text = "table 4294967295\nvrf 1\nvrf 4294967295\n"
	    "prefix 192.168.44.0/24\n"
	    "prefix 2001:db8:44::/48\n"
	    "address roam0 192.168.44.1/32\n"
	    "address roam0 fe80::44/64\n"
	    "lladdr roam0 02:00:5e:00:53:44 was 02:00:00:00:01:01\n";
	char again[1024] = "", *line;
	struct stat st;
	FILE *f;

	(void)state;
	put(text);
	footprint_read(dir, &a);
	assert_int_equal(a.table, UINT32_MAX);
	assert_int_equal(a.nvrfs, 2);
	assert_int_equal(a.nprefixes, 2);
	assert_int_equal(a.naddrs, 2);
	assert_int_equal(a.addrs[0].addr.len, 128);
	assert_int_equal(a.addrs[1].addr.len, 64);
	assert_int_equal(a.nmacs, 1);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(footprint_write(dir, &a), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_non_null(f = fopen(file, "r"));
	assert_true(fread(again, 1, sizeof(again) - 1, f) > 0);
	fclose(f);
	assert_non_null(line = strchr(again, '\n'));
	assert_string_equal(line + 1, text);
	footprint_read(dir, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_string_equal(stub_log_text(), "");
}

static void
an_empty_one_is_no_file(void **state)
{
	(void)state;
	put("table 44\n");
	memset(&a, 0, sizeof(a));
	assert_int_equal(footprint_write(dir, &a), 0);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(footprint_write(dir, &a), 0);
	memset(&b, 1, sizeof(b));
	footprint_read(dir, &b);
	assert_true(is_empty(&b));
	assert_string_equal(stub_log_text(), "");
	/* Without a folder there is nothing to write to. */
	a.table = 44;
	assert_int_equal(footprint_write("", &a), 0);
	footprint_read("", &b);
	assert_true(is_empty(&b));
	assert_int_equal(footprint_write("/nonexistent", &a), -1);
}

static void
after_a_boot_nothing_is_set(void **state)
{
	static const char *const boots[] = {
		"", "boot \n", "boot 00000000-0000-0000-0000-000000000000\n"
	};
	size_t i;
	FILE *f;

	(void)state;
	for (i = 0; i < sizeof(boots) / sizeof(boots[0]); i++) {
		assert_non_null(f = fopen(file, "w"));
		fprintf(f, "%stable 44\nprefix 192.168.44.0/24\n", boots[i]);
		fclose(f);
		footprint_read(dir, &a);
		assert_true(is_empty(&a));
		assert_string_equal(stub_log_text(), "");
	}
}

static void
lines_without_sense_are_passed_over(void **state)
{
	static const char *const bad[] = {
		"", "table", "tabl 44", "table x", "prefix",
		"prefix 192.168.44.7/24", "prefix x/8", "address roam0",
		"address roam0 192.168.44.1", "address roam0 192.168.44.1/33",
		"address roam0 fe80::1/129", "address roam0 x/32",
		"lladdr roam0 02:00:5e:00:53:44",
		"lladdr roam0 02:00:5e:00:53:44 was", "lladdr roam0 x was y",
		"lladdr roam0 02:00:5e:00:53:44 was 02:00",
		"address aVeryLongInterfaceName 192.168.44.1/32"
	};
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		stub_log_clear();
		snprintf(text, sizeof(text), "table 44\n%s\n"
		    "prefix 192.168.44.0/24\n", bad[i]);
		put(text);
		footprint_read(dir, &a);
		assert_int_equal(a.table, 44);
		assert_int_equal(a.nprefixes, 1);
		assert_int_equal(a.naddrs, 0);
		assert_int_equal(a.nmacs, 0);
		assert_non_null(strstr(stub_log_text(), "1 lines"));
	}
	stub_log_clear();
}

/* No file makes it keep more than it has room for. */
static void
what_is_too_much_is_passed_over(void **state)
{
	FILE *f = begin();
	uint32_t i;

	(void)state;
	fprintf(f, "table 44\n");
	for (i = 0; i < FOOTPRINT_ADDRS + 2; i++)
		fprintf(f, "prefix 10.%u.%u.0/24\naddress r%u 10.%u.%u.1/32\n"
		    "lladdr r%u 02:00:5e:00:53:44 was 02:00:00:00:00:01\n",
		    i >> 8, i & 255, i, i >> 8, i & 255, i);
	fclose(f);
	footprint_read(dir, &a);
	assert_int_equal(a.nprefixes, FOOTPRINT_PREFIXES);
	assert_int_equal(a.naddrs, FOOTPRINT_ADDRS);
	assert_int_equal(a.nmacs, CONF_IFACES);
	assert_non_null(strstr(stub_log_text(), "lines make no sense"));
	stub_log_clear();
}

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/kernel", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(file);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(an_empty_one_is_no_file),
		cmocka_unit_test(after_a_boot_nothing_is_set),
		cmocka_unit_test(lines_without_sense_are_passed_over),
		cmocka_unit_test(what_is_too_much_is_passed_over),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
