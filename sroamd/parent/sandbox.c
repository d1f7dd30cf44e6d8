/* SPDX-License-Identifier: ISC */
/*
 * The parent's limits once its children run: few capabilities, no new process.
 */
#include <sys/prctl.h>

#include <cap-ng.h>
#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "common/log.h"
#include "parent/sandbox.h"
#include "proc/sanitized.h"

static void	drop_capabilities(void);
#ifndef SANITIZED
static void	start_nothing(void);
#endif

void
sandbox_parent(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	drop_capabilities();
#ifndef SANITIZED
	start_nothing();
#endif
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

#ifndef SANITIZED
/*
 * No program, process or thread.  If the kernel has no filters, the children
 * log that.
 */
static void
start_nothing(void)
{
	static const char *const calls[] = {
		"execve", "execveat", "fork", "vfork", "clone", "clone3"
	};
	scmp_filter_ctx ctx;
	int call, error = 0;
	size_t i;

	ctx = seccomp_init(SCMP_ACT_ALLOW);
	if (ctx == NULL)
		fatalx("sandbox: out of memory");
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]) && error == 0; i++) {
		call = seccomp_syscall_resolve_name(calls[i]);
		if (call == __NR_SCMP_ERROR)
			continue;
		error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), call, 0);
		if (error == -EDOM)
			error = 0;
	}
	if (error == 0)
		error = seccomp_load(ctx);
	if (error != 0 && error != -EINVAL && error != -ENOSYS)
		fatalx("sandbox: system call filter: %s", strerror(-error));
	seccomp_release(ctx);
}
#endif
