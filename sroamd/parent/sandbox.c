/* SPDX-License-Identifier: ISC */
/*
 * The parent's limits once its children run: few capabilities, files and system
 * calls, and no new process.
 */
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cap-ng.h>
#include <libgen.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "conf/conf.h"
#include "parent/calls.h"
#include "parent/sandbox.h"
#include "parent/trust.h"
#include "proc/landlock.h"
#include "proc/sanitized.h"

#define MEMORY_MOST	(2ULL * 1024 * 1024 * 1024)
#define MEMORY_LEAST	(64ULL * 1024 * 1024)

static void	drop_capabilities(void);
static void	keep_files(const struct conf_global *);
static void	may_read(void *, int);
#ifndef SANITIZED
static void	limit_memory(void);
#endif

static bool	lacks_landlock;

void
sandbox_secrets(void)
{
	static const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) == -1)
		fatal("sandbox: limit on core");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		fatal("sandbox: dumps");
}

void
sandbox_parent(const struct conf_global *g)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	/* Later the time zone's file is out of reach. */
	tzset();
	drop_capabilities();
	keep_files(g);
#ifndef SANITIZED
	limit_memory();
	calls_filter();
#endif
}

void
sandbox_say(void)
{
	if (lacks_landlock)
		log_info("this kernel has no Landlock: the parent's user alone "
		    "limits which files it may use");
}

static void
drop_capabilities(void)
{
	static const unsigned int kept[] = {
		CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE
	};
	capng_select_t which = CAPNG_SELECT_BOTH;
	bool held[sizeof(kept) / sizeof(kept[0])];
	size_t i;

	if (capng_get_caps_process() == -1)
		fatalx("sandbox: capabilities cannot be read");
	/* In a container some may be missing; those are not requested. */
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		held[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		which = CAPNG_SELECT_CAPS;
	capng_clear(which);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (held[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE |
			    CAPNG_PERMITTED | (which == CAPNG_SELECT_BOTH ?
			    CAPNG_BOUNDING_SET : 0), kept[i]);
	if (capng_apply(which) != 0)
		fatalx("sandbox: capabilities cannot be dropped");
}

/*
 * Reads what a reload may: beneath the folders of the configuration and of what
 * it named.  The footprint is written, and the control socket removed at the
 * end.
 */
static void
keep_files(const struct conf_global *g)
{
	int rules = landlock_begin(false);
	char socket[CONF_PATH];

	trust_settle(may_read, &rules);
	if (rules == -1) {
		lacks_landlock = true;
		return;
	}
	landlock_allow_path(rules, "/proc/sys/net", FILES_READ);
	landlock_allow_path(rules, "/proc/sys/kernel/random/boot_id",
	    FILES_READ);
	landlock_allow_path(rules, g->state, FILES_WRITE);
	strlcpy(socket, g->socket, sizeof(socket));
	landlock_allow_path(rules, dirname(socket), FILES_REMOVE);
#ifndef SANITIZED
	landlock_end(rules);
#else
	close(rules);		/* sanitizers read files of their own */
#endif
}

static void
may_read(void *arg, int folder)
{
	const int *rules = arg;

	if (*rules != -1)
		landlock_allow(*rules, folder, FILES_READ);
}

#ifndef SANITIZED
/* Half of the machine's, so that a leak of ours ends us and nobody else. */
static void
limit_memory(void)
{
	unsigned long long half = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
	    (unsigned long long)sysconf(_SC_PAGESIZE) / 2;
	struct rlimit rl;

	if (getrlimit(RLIMIT_DATA, &rl) == -1)
		fatal("sandbox: limit on memory");
	if (half > MEMORY_MOST)
		half = MEMORY_MOST;
	if (half < MEMORY_LEAST)
		half = MEMORY_LEAST;
	if (rl.rlim_max == RLIM_INFINITY || rl.rlim_max > half)
		rl.rlim_max = half;
	rl.rlim_cur = rl.rlim_max;
	if (setrlimit(RLIMIT_DATA, &rl) == -1)
		fatal("sandbox: limit on memory");
}
#endif
