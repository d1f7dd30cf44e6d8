/* SPDX-License-Identifier: ISC */
/* The privileges that the parent gives up once its children run. */
#ifndef SROAMD_PARENT_SANDBOX_H
#define SROAMD_PARENT_SANDBOX_H

struct conf_global;

/*
 * First of all: no core dump and no debugger of the same user, as it reads
 * keys.
 */
void	sandbox_secrets(void);

/*
 * It keeps CAP_NET_ADMIN (routes, addresses, links), CAP_NET_RAW (packet
 * sockets on later links) and CAP_NET_BIND_SERVICE (a reload may add a port
 * below 1024).  It stays user 0, so that a reload can read root's files and
 * files that all may read, and replace sockets and the state folder, which are
 * root's.  All other capabilities are dropped: without CAP_DAC_OVERRIDE it
 * reads no other files, and without CAP_KILL it ends children by closing their
 * pipes, or by killswitch.h.  User 0 without capabilities still owns root's
 * files: Landlock leaves it those that a reload may read, without the identity,
 * the folder of the footprint to write, and the removal of the control socket.
 * It can start no programs, processes or threads, and has a list of permitted
 * system calls.
 */
void	sandbox_parent(const struct conf_global *);
/* Once, when all is running: a line about what the kernel does not have. */
void	sandbox_say(void);
#endif
