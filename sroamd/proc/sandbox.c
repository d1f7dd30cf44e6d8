/* SPDX-License-Identifier: ISC */
/* The limits of a process, and the system calls that it keeps. */
#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/calls.h"
#include "proc/sandbox.h"
#include "proc/sanitized.h"

#define MEGABYTE	(1ULL << 20)
#define CHILD_FILES	16384
#define CHILD_MEMORY	(2048 * MEGABYTE)

static void	limit(const char *, int, rlim_t);
#ifndef SANITIZED
static void	filter_calls(const struct calls *, const int *, size_t);
static void	add(scmp_filter_ctx, const char *, uint32_t,
		    const struct scmp_arg_cmp *, unsigned int);
static void	add_calls(scmp_filter_ctx, const struct calls *);
static void	add_files(scmp_filter_ctx, const int *, size_t);
static void	load(scmp_filter_ctx);
#endif

static const struct limits {
	rlim_t	files, memory;		/* open ones; octets */
	rlim_t	seconds;		/* of the processor; 0: all */
	bool	forks;
} limits[PROC_NONE] = {
	[PROC_ENGINE] = { CHILD_FILES, CHILD_MEMORY, 0, false },
	[PROC_FRONTEND] = { CHILD_FILES, CHILD_MEMORY, 0, false },
	[PROC_SIGNER] = { CHILD_FILES, CHILD_MEMORY, 0, false },
	[PROC_RESOLVER] = { 64, 64 * MEGABYTE, 0, true },
	[PROC_EXAMINER] = { 32, CHILD_MEMORY, 20, false }
};

void
sandbox_child(enum proc_id id, const int *files, size_t n)
{
	const struct limits *l = &limits[id];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	limit("core", RLIMIT_CORE, 0);
	limit("files", RLIMIT_NOFILE, l->files);
	if (!l->forks)
		limit("processes", RLIMIT_NPROC, 0);
	if (l->seconds > 0)
		limit("time", RLIMIT_CPU, l->seconds);
#ifndef SANITIZED
	limit("memory", RLIMIT_DATA, l->memory);
	filter_calls(&calls_of[id], files, n);
#else
	(void)files;
	(void)n;
#endif
}

/* Lowers a limit; a lower one stays. */
static void
limit(const char *name, int resource, rlim_t value)
{
	struct rlimit rl;

	if (getrlimit(resource, &rl) == -1)
		fatal("sandbox: limit on %s", name);
	if (rl.rlim_max == RLIM_INFINITY || rl.rlim_max > value)
		rl.rlim_max = value;
	rl.rlim_cur = rl.rlim_max;
	if (setrlimit(resource, &rl) == -1)
		fatal("sandbox: limit on %s", name);
}

#ifndef SANITIZED
static void
filter_calls(const struct calls *c, const int *files, size_t n)
{
	/* abort(3) must end the process by its own signal. */
	const struct scmp_arg_cmp aborts[] = {
		SCMP_CMP(0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0),
		SCMP_CMP(2, SCMP_CMP_MASKED_EQ, 0xffffffff, SIGABRT)
	};
	scmp_filter_ctx ctx;

	ctx = seccomp_init(c->others);
	if (ctx == NULL)
		fatalx("sandbox: out of memory");
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, n > 0);
	add_calls(ctx, &calls_common);
	add_calls(ctx, c);
	add_files(ctx, files, n);
	add(ctx, "tgkill", SCMP_ACT_ALLOW, aborts, 2);
	load(ctx);
	seccomp_release(ctx);
}

static void
add(scmp_filter_ctx ctx, const char *name, uint32_t action,
    const struct scmp_arg_cmp *args, unsigned int nargs)
{
	int call, error;

	call = seccomp_syscall_resolve_name(name);
	if (call == __NR_SCMP_ERROR)
		return;
	error = seccomp_rule_add_array(ctx, action, call, nargs, args);
	if (error != 0 && error != -EDOM)
		fatalx("sandbox: %s: %s", name, strerror(-error));
}

static void
add_calls(scmp_filter_ctx ctx, const struct calls *calls)
{
	const char *const *name;
	const struct rule *r;

	for (name = calls->plain; *name != NULL; name++)
		add(ctx, *name, SCMP_ACT_ALLOW, NULL, 0);
	for (r = calls->rules; r->call != NULL; r++)
		add(ctx, r->call, SCMP_ACT_ALLOW, r->args, r->nargs);
	for (name = calls->denied; *name != NULL; name++)
		add(ctx, *name, SCMP_ACT_ERRNO(EACCES), NULL, 0);
}

static void
add_files(scmp_filter_ctx ctx, const int *files, size_t n)
{
	const char *const *name;
	size_t i;

	for (name = calls_files; *name != NULL; name++) {
		for (i = 0; i < n; i++) {
			const struct scmp_arg_cmp file = SCMP_CMP(0,
			    SCMP_CMP_MASKED_EQ, 0xffffffff,
			    (scmp_datum_t)files[i]);

			add(ctx, *name, SCMP_ACT_ALLOW, &file, 1);
		}
	}
}

static void
load(scmp_filter_ctx ctx)
{
	int error;

	error = seccomp_load(ctx);
	/*
	 * Small systems may have a kernel without seccomp: some protection is
	 * missing.
	 */
	if (error == -EINVAL || error == -ENOSYS)
		log_warnx("sandbox: this kernel has no system call filters");
	else if (error != 0)
		fatalx("sandbox: system call filter: %s", strerror(-error));
}
#endif
