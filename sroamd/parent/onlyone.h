/* SPDX-License-Identifier: ISC */
/*
 * One daemon in a network namespace.  Two would take each other's routes for
 * leftovers and remove them for ever.
 */
#ifndef SROAMD_PARENT_ONLYONE_H
#define SROAMD_PARENT_ONLYONE_H

/*
 * A descriptor to be kept open; -1: there is another, or none can be had
 * (logged).  The kernel releases it when this process ends, however it does.
 */
int	onlyone_open(void);
/* It is readable: another has asked who has it, and knows. */
void	onlyone_answer(int fd);
#endif
