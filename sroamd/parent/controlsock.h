/* SPDX-License-Identifier: ISC */
/* The control socket, which the parent opens and the frontend serves. */
#ifndef SROAMD_CONTROLSOCK_H
#define SROAMD_CONTROLSOCK_H

/*
 * Bind and listen, mode 0660.  A socket without a listener is replaced. -1
 * with errno; EADDRINUSE: another daemon listens there.
 */
int	controlsock_open(const char *path);
#endif
