/* SPDX-License-Identifier: ISC */
/*
 * What the service manager is told: sd_notify(3), whose protocol is all that
 * is used of it.  Without one that listens, nothing.
 */
#ifndef SROAMD_PARENT_NOTIFY_H
#define SROAMD_PARENT_NOTIFY_H

/*
 * By NOTIFY_SOCKET and WATCHDOG_USEC, which the children do not get.  Before
 * the sandbox.
 */
void	notify_init(void);
void	notify_ready(const char *status, ...) __attribute__((format(printf, 1,
	    2)));
void	notify_reloading(void);	/* notify_ready follows, however it goes */
void	notify_stopping(void);
/*
 * All processes do their work.  Called as often as that is known; the manager
 * is told as often as it wants, if it does.
 */
void	notify_alive(void);
#endif
