/* SPDX-License-Identifier: ISC */
/* The memory of the machine, or of a part of it: ram.h. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parent/ram.h"

static uint64_t	limit_of(const char *folder, const char *file);

uint32_t
ram_share(void)
{
	static uint64_t mb;
	uint64_t octets, n, limit = UINT64_MAX;
	char line[PATH_MAX];
	FILE *f;

	if (mb != 0)
		return (uint32_t)mb;
	octets = (uint64_t)sysconf(_SC_PHYS_PAGES) *
	    (uint64_t)sysconf(_SC_PAGESIZE);
	if ((f = fopen("/proc/self/cgroup", "re")) != NULL) {
		while (fgets(line, sizeof(line), f) != NULL)
			if ((n = ram_cgroup("/sys/fs/cgroup", line)) < limit)
				limit = n;
		fclose(f);
	}
	if (limit < octets)
		octets = limit;
	mb = (octets / 4) >> 20;
	if (mb < RAM_MIN)
		mb = RAM_MIN;
	if (mb > RAM_MAX)
		mb = RAM_MAX;
	return (uint32_t)mb;
}

/* "0::/a/b" of version 2, "9:memory:/a/b" of version 1. */
uint64_t
ram_cgroup(const char *root, const char *line)
{
	bool v2 = strncmp(line, "0::/", 4) == 0;
	const char *at = v2 ? line + 3 : strstr(line, ":memory:/");
	const char *file = v2 ? "memory.max" : "memory.limit_in_bytes";
	uint64_t least, here;
	char path[PATH_MAX], *end;

	if (at == NULL || (size_t)snprintf(path, sizeof(path), "%s%s%.*s",
	    root, v2 ? "" : "/memory", PATH_MAX,
	    v2 ? at : at + strlen(":memory:")) >= sizeof(path))
		return UINT64_MAX;
	path[strcspn(path, "\n")] = '\0';
	least = limit_of(path, file);
	while ((end = strrchr(path, '/')) != NULL && strlen(path) >
	    strlen(root)) {
		*end = '\0';
		if ((here = limit_of(path, file)) < least)
			least = here;
	}
	return least;
}

static uint64_t
limit_of(const char *folder, const char *file)
{
	char path[PATH_MAX], text[32] = "";
	unsigned long long n;
	char *end;
	FILE *f;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, file) >=
	    sizeof(path) || (f = fopen(path, "re")) == NULL)
		return UINT64_MAX;
	if (fgets(text, sizeof(text), f) == NULL)
		text[0] = '\0';
	fclose(f);
	errno = 0;
	n = strtoull(text, &end, 10);		/* or it says max */
	return end == text || errno != 0 ? UINT64_MAX : n;
}
