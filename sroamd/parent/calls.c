/* SPDX-License-Identifier: ISC */
/* The parent's filter of system calls. */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "parent/calls.h"

#define ALL_BITS	0xffffffff
/* The type of a socket has flags beside it. */
#define SOCKET_TYPE	0xf

static void	add(scmp_filter_ctx, uint32_t, const char *, unsigned int,
		    const struct scmp_arg_cmp *);
static void	allow_args(scmp_filter_ctx);
static void	allow_one(scmp_filter_ctx, const char *, unsigned int,
		    scmp_datum_t);
static void	allow_sockets(scmp_filter_ctx);

/* By name: proc/sandbox.c. */
static const char *const calls[] = {
	/* descriptors */
	"read", "readv", "write", "writev", "pread64", "close", "dup2", "dup3",
	"lseek", "_llseek", "fstat", "fstat64", "epoll_ctl", "epoll_wait",
	"epoll_pwait", "epoll_pwait2", "poll", "ppoll", "ppoll_time64",
	/* files: a reload, and the footprint; where, is said elsewhere */
	"open", "openat", "stat", "stat64", "lstat", "lstat64", "newfstatat",
	"fstatat64", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "unlink",
	"unlinkat", "rename", "renameat", "renameat2",
	/* sockets: of sessions, netlink, packets, hostapd and the log */
	"bind", "connect", "listen", "accept", "accept4", "shutdown", "recv",
	"recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64", "send", "sendto",
	"sendmsg", "sendmmsg", "getsockopt", "setsockopt", "getsockname",
	"getpeername",
	/* time, random numbers, the host's name and size */
	"clock_gettime", "clock_gettime64", "clock_getres",
	"clock_getres_time64", "gettimeofday", "time", "getrandom",
	"nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "uname",
	"sysinfo",
	/* memory */
	"brk", "munmap", "mremap", "madvise",
	/* itself, and the end of its children */
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn",
	"restart_syscall", "getpid", "getppid", "gettid", "getuid", "geteuid",
	"getgid", "getegid", "futex", "futex_time64", "rseq", "sched_yield",
	"wait4", "waitpid", "waitid", "exit", "exit_group"
};

/* What libraries try and can do without, or what an attack tries first. */
static const char *const refused[] = {
	"execve", "execveat", "fork", "vfork", "clone", "clone3", "prctl",
	"prlimit64", "getrlimit", "ugetrlimit", "setrlimit", "kill", "ptrace"
};

void
calls_filter(void)
{
	scmp_filter_ctx ctx;
	size_t i;
	int error;

	ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (ctx == NULL)
		fatalx("sandbox: out of memory");
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		add(ctx, SCMP_ACT_ALLOW, calls[i], 0, NULL);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		add(ctx, SCMP_ACT_ERRNO(EPERM), refused[i], 0, NULL);
	allow_args(ctx);
	allow_sockets(ctx);
	error = seccomp_load(ctx);
	if (error != 0 && error != -EINVAL && error != -ENOSYS)
		fatalx("sandbox: system call filter: %s", strerror(-error));
	seccomp_release(ctx);
}

static void
add(scmp_filter_ctx ctx, uint32_t action, const char *name, unsigned int n,
    const struct scmp_arg_cmp *args)
{
	int call = seccomp_syscall_resolve_name(name), error;

	if (call == __NR_SCMP_ERROR)
		return;
	error = seccomp_rule_add_array(ctx, action, call, n, args);
	if (error != 0 && error != -EDOM)
		fatalx("sandbox: %s: %s", name, strerror(-error));
}

/* If the argument has this value. */
static void
allow_one(scmp_filter_ctx ctx, const char *name, unsigned int arg,
    scmp_datum_t value)
{
	const struct scmp_arg_cmp cmp = {
		arg, SCMP_CMP_MASKED_EQ, ALL_BITS, value
	};

	add(ctx, SCMP_ACT_ALLOW, name, 1, &cmp);
}

static void
allow_args(scmp_filter_ctx ctx)
{
	/* F_SETOWN and F_SETSIG would send signals to others. */
	static const unsigned int fcntls[] = {
		F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
	};
	/* libevent's question, if_nametoindex(3), and stdio's: a terminal? */
	static const unsigned int ioctls[] = {
		FIONREAD, SIOCGIFINDEX, SIOCGIFNAME, TCGETS, TIOCGWINSZ
	};
	static const char *const maps[] = { "mmap", "mmap2", "mprotect" };
	const struct scmp_arg_cmp plain = {
		2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0
	}, executable = {
		2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC
	};
	size_t i;

	for (i = 0; i < sizeof(fcntls) / sizeof(fcntls[0]); i++) {
		allow_one(ctx, "fcntl", 1, fcntls[i]);
		allow_one(ctx, "fcntl64", 1, fcntls[i]);
	}
	for (i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++)
		allow_one(ctx, "ioctl", 1, ioctls[i]);
	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		add(ctx, SCMP_ACT_ALLOW, maps[i], 1, &plain);
		add(ctx, SCMP_ACT_ERRNO(EPERM), maps[i], 1, &executable);
	}
	/* abort(3) must end the process by its own signal. */
	allow_one(ctx, "tgkill", 0, (scmp_datum_t)getpid());
	allow_one(ctx, "tkill", 0, (scmp_datum_t)getpid());
}

static void
allow_sockets(scmp_filter_ctx ctx)
{
	static const struct {
		int	family, type;
		int	protocol;	/* -1: the family's only one */
	} kinds[] = {
		{ AF_UNIX, SOCK_STREAM, -1 },
		{ AF_UNIX, SOCK_DGRAM, -1 },
		{ AF_INET, SOCK_STREAM, -1 },
		{ AF_INET6, SOCK_STREAM, -1 },
		/* the way to a peer, and neighbours */
		{ AF_INET, SOCK_DGRAM, -1 },
		{ AF_INET6, SOCK_DGRAM, -1 },
		{ AF_PACKET, SOCK_RAW, 0 },
		{ AF_NETLINK, SOCK_RAW, NETLINK_ROUTE },
		{ AF_NETLINK, SOCK_RAW, NETLINK_GENERIC }
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct scmp_arg_cmp args[] = {
			{ 0, SCMP_CMP_MASKED_EQ, ALL_BITS, kinds[i].family },
			{ 1, SCMP_CMP_MASKED_EQ, SOCKET_TYPE, kinds[i].type },
			{ 2, SCMP_CMP_MASKED_EQ, ALL_BITS, kinds[i].protocol }
		};

		add(ctx, SCMP_ACT_ALLOW, "socket", kinds[i].protocol == -1 ?
		    2 : 3, args);
	}
	/* Of streams only: a datagram pair sends to any abstract address. */
	add(ctx, SCMP_ACT_ALLOW, "socketpair", 2,
	    (const struct scmp_arg_cmp []){
		{ 0, SCMP_CMP_MASKED_EQ, ALL_BITS, AF_UNIX },
		{ 1, SCMP_CMP_MASKED_EQ, SOCKET_TYPE, SOCK_STREAM }
	    });
}
