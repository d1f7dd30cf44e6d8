/* SPDX-License-Identifier: ISC */
/*
 * System calls by process: what strace(1) shows under load, and the same by
 * other names on other architectures.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stddef.h>

#include "proc/calls.h"

#define IS(n, value)	{ n, SCMP_CMP_MASKED_EQ, 0xffffffff, value }
#define WITHOUT(n, bits) { n, SCMP_CMP_MASKED_EQ, bits, 0 }
#define IS_NULL(n)	{ n, SCMP_CMP_EQ, 0, 0 }
/* Of two names, by the architecture. */
#define BOTH(one, other, ...)	{ one, __VA_ARGS__ }, { other, __VA_ARGS__ }
#define KIND(n, type)	{ n, SCMP_CMP_MASKED_EQ, 0xf, type }

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

/*
 * Stations' frames, and sroamctl.  A station is asked through a port of its
 * bridge: a packet socket can send on any interface, by the address.
 */
static const char *const frontend_plain[] = {
	"accept4", NULL
};

static const struct rule frontend_rules[] = {
	{ "sendto", { IS_NULL(4) }, 1 },
	{ "sendto", { IS(5, sizeof(struct sockaddr_ll)) }, 1 },
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

/*
 * What getaddrinfo(3) and its modules do, in a process that it forks for each
 * name.  Modules are loaded late: files may be code, if they cannot be written.
 * Addresses are asked for by IP and of the kernel; no daemon of this machine is
 * asked.
 */
static const char *const resolver_plain[] = {
	"stat", "lstat", "stat64", "lstat64", "fstatat64",
	"access", "faccessat", "faccessat2", "readlink", "readlinkat",
	"getdents64", "lseek", "_llseek", "connect", "bind", "sendto",
	"sendmmsg", "getsockname", "getpeername", "getsockopt", "setsockopt",
	"uname", "alarm", "setitimer", "pipe2", "fork", "wait4", "waitpid",
	"set_robust_list", "set_tid_address", "getuid", "geteuid", "getgid",
	"getegid", "getppid", "nanosleep", "clock_nanosleep", NULL
};

#define IP_SOCKET(family, type)						\
	{ "socket", { IS(0, family), KIND(1, type) }, 2 }
/* Where the flags of clone(2) are, of which fork(3) has these. */
#ifdef __s390x__
#define FLAGS		1
#else
#define FLAGS		0
#endif
#define FORK_FLAGS	(0xffULL | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)
#define WRITES		(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)

static const struct rule resolver_rules[] = {
	{ "open", { WITHOUT(1, WRITES) }, 1 },
	{ "openat", { WITHOUT(2, WRITES) }, 1 },
	IP_SOCKET(AF_INET, SOCK_DGRAM), IP_SOCKET(AF_INET, SOCK_STREAM),
	IP_SOCKET(AF_INET6, SOCK_DGRAM), IP_SOCKET(AF_INET6, SOCK_STREAM),
	{ "socket", { IS(0, AF_NETLINK), IS(2, NETLINK_ROUTE) }, 2 },
	{ "ioctl", { IS(1, FIONREAD) }, 1 },
	{ "clone", { WITHOUT(FLAGS, ~FORK_FLAGS) }, 1 },
	{ "prctl", { IS(0, PR_SET_PDEATHSIG) }, 1 },
	BOTH("mmap", "mmap2", { { 2, SCMP_CMP_MASKED_EQ,
	    PROT_EXEC | PROT_WRITE, PROT_EXEC },
	    WITHOUT(3, MAP_ANONYMOUS) }, 2),
	{ NULL, { { 0 } }, 0 }
};

/* Calls of the C library's allocator and stdio, which may fail. */
static const char *const denied[] = {
	"openat", "socket", NULL
};

static const char *const none[] = { NULL };

const char *const calls_files[] = {
	"pwrite64", "pwritev", "fdatasync", NULL
};

#define KILLS	SCMP_ACT_KILL_PROCESS
#define FAILS	SCMP_ACT_ERRNO(EACCES)

const struct calls calls_common = { common_plain, common_rules, none, KILLS };

/*
 * The resolver's modules are not ours: they try what they can do without.
 */
const struct calls calls_of[PROC_NONE] = {
	[PROC_ENGINE] = { engine_plain, engine_rules, denied, KILLS },
	[PROC_FRONTEND] = { frontend_plain, frontend_rules, denied, KILLS },
	[PROC_SIGNER] = { none, no_rules, denied, KILLS },
	[PROC_RESOLVER] = { resolver_plain, resolver_rules, none, FAILS },
	[PROC_EXAMINER] = { examiner_plain, no_rules, none, KILLS }
};
