/* SPDX-License-Identifier: ISC */
/* The system calls that a process keeps. */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/sandbox.h"
#include "proc/sanitized.h"

#define CHILD_FILES	16384
#define EXAMINER_FILES	32
#define EXAMINER_SECONDS 20		/* of the processor */
#define RESOLVER_FILES	64
#define RESOLVER_MEMORY	(64ULL * 1024 * 1024)
#define CHILD_MEMORY	(2ULL * 1024 * 1024 * 1024)

static void	limit(const char *, int, rlim_t);

#ifndef SANITIZED
/* A call that is permitted with these values of its arguments. */
struct rule {
	const char		*call;
	struct scmp_arg_cmp	 args[2];
	unsigned int		 nargs;
};

#define IS(n, value)	{ n, SCMP_CMP_MASKED_EQ, 0xffffffff, value }
#define WITHOUT(n, bits) { n, SCMP_CMP_MASKED_EQ, bits, 0 }
#define IS_NULL(n)	{ n, SCMP_CMP_EQ, 0, 0 }
/* Of two names, by the architecture. */
#define BOTH(one, other, ...)	{ one, __VA_ARGS__ }, { other, __VA_ARGS__ }

/* The calls of a process, for a part of its work; the last is NULL. */
struct calls {
	const char *const	*plain;
	const struct rule	*rules;
};

static void	filter_calls(enum proc_id, const int *, size_t);
static void	add(scmp_filter_ctx, const char *, uint32_t,
		    const struct scmp_arg_cmp *, unsigned int);
static void	add_calls(scmp_filter_ctx, const struct calls *);
static void	add_files(scmp_filter_ctx, const int *, size_t);
static void	load(scmp_filter_ctx);

/*
 * By name, since numbers differ between architectures, and C libraries use
 * different calls; unknown names are ignored.
 */
static const char *const common_plain[] = {
	/* use of descriptors that it has */
	"read", "readv", "write", "writev", "pread64", "close", "fstat",
	"fstat64", "newfstatat", "statx", "recv", "recvfrom", "recvmsg",
	"send", "sendmsg",
	/* the event loop */
	"epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "poll",
	"ppoll", "ppoll_time64",
	/* time and random numbers */
	"clock_gettime", "clock_gettime64", "clock_getres",
	"clock_getres_time64", "gettimeofday", "time", "getrandom",
	/* memory; qsort(3) asks how much there is */
	"brk", "munmap", "madvise", "sysinfo",
	/* itself */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn",
	"restart_syscall", "getpid", "gettid", "futex", "futex_time64",
	"rseq", "sched_yield", "exit", "exit_group", NULL
};

/*
 * A descriptor's signals go to any process of the user, by F_SETOWN.  What is
 * written must not run: memory is never executable, and code stays where it
 * is.
 */
static const struct rule common_rules[] = {
	BOTH("fcntl", "fcntl64", { IS(1, F_GETFD) }, 1),
	BOTH("fcntl", "fcntl64", { IS(1, F_SETFD) }, 1),
	BOTH("fcntl", "fcntl64", { IS(1, F_GETFL) }, 1),
	BOTH("fcntl", "fcntl64", { IS(1, F_SETFL), WITHOUT(2, O_ASYNC) }, 2),
	BOTH("mmap", "mmap2", { WITHOUT(2, PROT_EXEC) }, 1),
	{ "mprotect", { WITHOUT(2, PROT_EXEC) }, 1 },
	{ "mremap", { IS(3, MREMAP_MAYMOVE) }, 1 },
	{ NULL, { { 0 } }, 0 }
};

/*
 * Sessions, discover messages (the only ones with an address), and the store.
 * It has no datagram socket of the local kind, whose messages could go to any
 * process of the machine, and cannot make one.
 */
static const char *const engine_plain[] = {
	"sendto", "lseek", "_llseek", NULL
};

static const struct rule engine_rules[] = {
	/* evbuffer_read asks for the octets there are. */
	{ "ioctl", { IS(1, FIONREAD) }, 1 },
	{ NULL, { { 0 } }, 0 }
};

/* Stations' frames, and sroamctl. */
static const char *const frontend_plain[] = {
	"accept4", NULL
};

static const struct rule frontend_rules[] = {
	{ "sendto", { IS_NULL(4) }, 1 },
	{ "getsockopt", { IS(1, SOL_PACKET), IS(2, PACKET_STATISTICS) }, 2 },
	{ NULL, { { 0 } }, 0 }
};

/* LMDB with a file, in a folder that is all there is. */
static const char *const examiner_plain[] = {
	"open", "openat", "stat", "lstat", "stat64", "lstat64", "fstatat64",
	"fstatfs", "fstatfs64", "statfs", "statfs64", "uname", "flock",
	"lseek", "_llseek", "pwrite64", "pwritev", "ftruncate", "ftruncate64",
	"fsync", "fdatasync", "msync", "rename", "renameat", "renameat2",
	"unlink", "unlinkat", "nanosleep", "clock_nanosleep",
	"clock_nanosleep_time64", NULL
};

static const struct rule no_rules[] = {
	{ NULL, { { 0 } }, 0 }
};

/* Calls of the C library's allocator and stdio, which may fail. */
static const char *const denied[] = {
	"openat", "socket", NULL
};

static const struct calls common = { common_plain, common_rules };
static const struct calls own[PROC_NONE] = {
	[PROC_ENGINE] = { engine_plain, engine_rules },
	[PROC_FRONTEND] = { frontend_plain, frontend_rules },
	[PROC_EXAMINER] = { examiner_plain, no_rules }
};

/* Of a writable file: their first argument is checked. */
static const char *const file_calls[] = {
	"pwrite64", "pwritev", "fdatasync"
};
#endif

void
sandbox_child(enum proc_id id, const int *files, size_t n)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	limit("core", RLIMIT_CORE, 0);
	limit("processes", RLIMIT_NPROC, 0);
	limit("files", RLIMIT_NOFILE,
	    id == PROC_EXAMINER ? EXAMINER_FILES : CHILD_FILES);
	if (id == PROC_EXAMINER)
		limit("time", RLIMIT_CPU, EXAMINER_SECONDS);
#ifndef SANITIZED
	limit("memory", RLIMIT_DATA, CHILD_MEMORY);
	filter_calls(id, files, n);
#else
	(void)id;
	(void)files;
	(void)n;
#endif
}

void
sandbox_resolver(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	limit("core", RLIMIT_CORE, 0);
	limit("files", RLIMIT_NOFILE, RESOLVER_FILES);
#ifndef SANITIZED
	limit("memory", RLIMIT_DATA, RESOLVER_MEMORY);
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
filter_calls(enum proc_id id, const int *files, size_t n)
{
	/* abort(3) must end the process by its own signal. */
	const struct scmp_arg_cmp aborts[] = {
		{ 0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0 }, IS(2, SIGABRT)
	};
	const char *const *name;
	scmp_filter_ctx ctx;

	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		fatalx("sandbox: out of memory");
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, n > 0);
	add_calls(ctx, &common);
	if (own[id].plain != NULL)
		add_calls(ctx, &own[id]);
	add_files(ctx, files, n);
	add(ctx, "tgkill", SCMP_ACT_ALLOW, aborts, 2);
	for (name = denied; *name != NULL && id != PROC_EXAMINER; name++)
		add(ctx, *name, SCMP_ACT_ERRNO(EACCES), NULL, 0);
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
}

static void
add_files(scmp_filter_ctx ctx, const int *files, size_t n)
{
	size_t i, j;

	for (i = 0; i < sizeof(file_calls) / sizeof(file_calls[0]); i++) {
		for (j = 0; j < n; j++) {
			const struct scmp_arg_cmp file = IS(0,
			    (scmp_datum_t)files[j]);

			add(ctx, file_calls[i], SCMP_ACT_ALLOW, &file, 1);
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
