/* SPDX-License-Identifier: ISC */
/* The file by which a run knows what a former one has set in the kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_wire.h"
#include "kernel/footprint_file.h"

static char	dir[] = "/tmp/fuzz-footprint.XXXXXX";
static char	file[64], boot[64];

static void
end(void)
{
	unlink(file);
	rmdir(dir);
}

/* As of this boot: one of another boot is ignored. */
static void
begin(void)
{
	FILE *f;

	CHECK(mkdtemp(dir) != NULL);
	atexit(end);
	snprintf(file, sizeof(file), "%s/kernel", dir);
	CHECK((f = fopen("/proc/sys/kernel/random/boot_id", "r")) != NULL);
	CHECK(fgets(boot, sizeof(boot), f) != NULL);
	fclose(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct footprint a, b;
	FILE *f;

	if (file[0] == '\0')
		begin();
	CHECK((f = fopen(file, "w")) != NULL);
	fprintf(f, "boot %s", boot);
	fwrite(data, 1, len, f);
	fclose(f);
	footprint_read(dir, &a);
	CHECK(a.nprefixes <= FOOTPRINT_PREFIXES);
	CHECK(a.naddrs <= FOOTPRINT_ADDRS);
	CHECK(a.nmacs <= CONF_IFACES);
	/* What was accepted of it is written and read unchanged. */
	CHECK(footprint_write(dir, &a) == 0);
	footprint_read(dir, &b);
	CHECK(memcmp(&a, &b, sizeof(a)) == 0);
	return 0;
}
