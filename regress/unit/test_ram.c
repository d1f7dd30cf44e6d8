/* SPDX-License-Identifier: ISC */
/* What cgroups leave of the memory, by files as the kernel has them. */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "parent/ram.h"

static char	root[] = "/tmp/test_ram.XXXXXX";

static const struct {
	const char	*file, *text;
} files[] = {
	{ "/memory.max", NULL },		/* the root has none */
	{ "/a/memory.max", "max\n" },
	{ "/a/b/memory.max", "67108864\n" },
	{ "/a/b/c/memory.max", "134217728\n" },
	{ "/a/b/c/d/memory.max", "1048576\n" },
	{ "/a/odd/memory.max", "" },
	{ "/a/huge/memory.max", "99999999999999999999999\n" },
	{ "/memory/memory.limit_in_bytes", "9223372036854771712\n" },
	{ "/memory/v1/memory.limit_in_bytes", "33554432\n" }
};

#define NFILES	(sizeof(files) / sizeof(files[0]))

/* Make each folder of a path beneath root, and the file. */
static void
make(const char *file, const char *text)
{
	char path[256], *at;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", root, file);
	for (at = path + strlen(root) + 1; (at = strchr(at, '/')) != NULL;
	    at++) {
		*at = '\0';
		(void)mkdir(path, 0700);
		*at = '/';
	}
	if (text == NULL)
		return;
	assert_non_null(f = fopen(path, "w"));
	fputs(text, f);
	fclose(f);
}

static int
setup(void **state)
{
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (i = 0; i < NFILES; i++)
		make(files[i].file, files[i].text);
	return 0;
}

static int
teardown(void **state)
{
	char path[256], *end;
	size_t i;

	(void)state;
	for (i = NFILES; i-- > 0;) {
		snprintf(path, sizeof(path), "%s%s", root, files[i].file);
		(void)unlink(path);
		while ((end = strrchr(path, '/')) != NULL &&
		    strlen(path) > strlen(root)) {
			*end = '\0';
			(void)rmdir(path);
		}
	}
	return 0;
}

static void
the_least_limit_counts(void **state)
{
	static const struct {
		const char	*line;
		uint64_t	 limit;
	} rows[] = {
		{ "0::/\n", UINT64_MAX },
		{ "0::/a\n", UINT64_MAX },
		{ "0::/a/b\n", 64 << 20 },
		{ "0::/a/b/c\n", 64 << 20 },
		{ "0::/a/b/c/d\n", 1 << 20 },
		{ "0::/a/b/nowhere\n", 64 << 20 },
		{ "0::/a/odd\n", UINT64_MAX },
		{ "0::/a/huge\n", UINT64_MAX },
		{ "9:memory:/\n", 9223372036854771712u },
		{ "9:memory:/v1\n", 32 << 20 },
		{ "9:memory:/v1/below\n", 32 << 20 },
		{ "9:cpu:/a/b\n", UINT64_MAX },
		{ "", UINT64_MAX },
		{ "0::", UINT64_MAX },
		{ "nonsense", UINT64_MAX }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ram_cgroup(root, rows[i].line) != rows[i].limit)
			fail_msg("%s: %llu", rows[i].line, (unsigned long long)
			    ram_cgroup(root, rows[i].line));
}

static void
a_part_of_the_machine_is_taken(void **state)
{
	uint64_t mb = (uint64_t)sysconf(_SC_PHYS_PAGES) *
	    (uint64_t)sysconf(_SC_PAGESIZE) >> 20;

	(void)state;
	assert_in_range(ram_share(), RAM_MIN, mb / 4 + RAM_MIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_least_limit_counts, setup,
		    teardown),
		cmocka_unit_test(a_part_of_the_machine_is_taken)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
