/* SPDX-License-Identifier: ISC */
/* The system calls that a process keeps. */
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/sandbox.h"
#include "proc/sanitized.h"

#define CHILD_FILES	16384
#define RESOLVER_FILES	64
#define RESOLVER_MEMORY	(64ULL * 1024 * 1024)
#define CHILD_MEMORY	(2ULL * 1024 * 1024 * 1024)

static void	limit(const char *, int, rlim_t);
#ifndef SANITIZED
static void	filter_calls(const int *, size_t);

/*
 * By name, since numbers differ between architectures, and C libraries use
 * different calls; unknown names are ignored.
 */
static const char *const child_calls[] = {
	/* use of descriptors that it has */
	"read", "readv", "write", "writev", "pread64", "close", "fcntl",
	"fcntl64", "fstat", "fstat64",
	"newfstatat", "statx", "lseek", "_llseek",
	/* sockets: received ones, and theirs */
	"recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
	"send", "sendto", "sendmsg", "sendmmsg", "accept", "accept4",
	"shutdown", "getsockopt", "getsockname", "getpeername",
	/* the event loop */
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait",
	"epoll_pwait", "epoll_pwait2", "poll", "ppoll", "ppoll_time64",
	"eventfd2", "pipe2", "timerfd_create", "timerfd_settime",
	"timerfd_settime64",
	/* time and random numbers */
	"clock_gettime", "clock_gettime64", "clock_getres",
	"clock_getres_time64", "gettimeofday", "time", "getrandom",
	/* memory */
	"brk", "mmap", "mmap2", "munmap", "mremap", "madvise", "mprotect",
	/* itself */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn",
	"restart_syscall", "getpid", "gettid", "getuid", "geteuid",
	"getgid", "getegid", "futex", "futex_time64",
	"rseq", "sched_yield", "exit", "exit_group"
};

/* Also for a writable file: their first argument is checked. */
static const char *const file_calls[] = {
	"pwrite64", "pwritev", "fdatasync"
};
#endif

void
sandbox_child(const int *files, size_t n)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	limit("core", RLIMIT_CORE, 0);
	limit("processes", RLIMIT_NPROC, 0);
	limit("files", RLIMIT_NOFILE, CHILD_FILES);
#ifndef SANITIZED
	limit("memory", RLIMIT_DATA, CHILD_MEMORY);
	filter_calls(files, n);
#else
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
filter_calls(const int *files, size_t n)
{
	scmp_filter_ctx ctx;
	size_t i, j;
	int call, error;

	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		fatalx("sandbox: out of memory");
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, n > 0);
	for (i = 0; i < sizeof(child_calls) / sizeof(child_calls[0]); i++) {
		call = seccomp_syscall_resolve_name(child_calls[i]);
		if (call == __NR_SCMP_ERROR)
			continue;
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 0);
		if (error != 0 && error != -EDOM)
			fatalx("sandbox: %s: %s", child_calls[i],
			    strerror(-error));
	}
	for (i = 0; i < sizeof(file_calls) / sizeof(file_calls[0]); i++) {
		call = seccomp_syscall_resolve_name(file_calls[i]);
		for (j = 0; j < n && call != __NR_SCMP_ERROR; j++) {
			error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 1,
			    SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffff,
			    (scmp_datum_t)files[j]));
			if (error != 0 && error != -EDOM)
				fatalx("sandbox: %s: %s", file_calls[i],
				    strerror(-error));
		}
	}
	/* evbuffer_read asks for the octets there are. */
	error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
	    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, FIONREAD));
	/*
	 * libevent's signal descriptors; only those that stay in the process.
	 */
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
		    SCMP_SYS(socketpair), 1,
		    SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0));
	/* abort(3) must end the process by its own signal. */
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
		    SCMP_SYS(tgkill), 1,
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
	/* Calls of the C library's allocator and stdio, which may fail. */
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES),
		    SCMP_SYS(openat), 0);
	if (error == 0)
		error = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES),
		    SCMP_SYS(socket), 0);
	if (error != 0)
		fatalx("sandbox: system call filter: %s", strerror(-error));
	error = seccomp_load(ctx);
	/*
	 * Small systems may have a kernel without seccomp: some protection is
	 * missing.
	 */
	if (error == -EINVAL || error == -ENOSYS)
		log_warnx("sandbox: this kernel has no system call filters");
	else if (error != 0)
		fatalx("sandbox: system call filter: %s", strerror(-error));
	seccomp_release(ctx);
}
#endif
