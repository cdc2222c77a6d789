// The functions that the C files share.

#ifndef CNCURSES_INTERNAL_H
#define CNCURSES_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1

#if __has_include(<ncursesw/curses.h>)
#include <ncursesw/curses.h>
#include <ncursesw/term.h>
#else
#error "ncurses (wide) headers not found: on Debian or Ubuntu run  apt-get install libncurses-dev"
#endif

// term.h defines a macro for every capability; these collide with ordinary words.
#undef lines
#undef columns
#undef buttons

#include "cncurses.h"

// frame.c

/// A file for the output of ncurses; NULL where no descriptor is left.
FILE *cn_open_output(void);
void cn_close_output(FILE *file);

/// Keeps what ncurses writes, and sends it in one piece.
void cn_begin_frame(void);
void cn_end_frame(void);

/// From now on the terminal is told where a frame begins and ends.
void cn_synchronize(void);

/// Writes all bytes to the terminal.
void cn_send_all(const char *bytes, size_t count);

// screen.c

/// Leaves and re-enters the screen, and stops the process in between if asked to.
void cn_leave_and_return(bool stopping);

/// Follows the size of the terminal; says whether it has changed.
bool cn_follow_size(void);

// keyboard.c

/// Makes the window that keys are read from, and teaches ncurses the keys terminfo omits.
bool cn_open_keyboard(void);
void cn_close_keyboard(void);

/// Notes that questions to the terminal have been sent, whose answers arrive among the keys.
void cn_expect_answers(void);

// signals.c

/// Routes the signals that ask for something into a pipe.
bool cn_open_signals(void);
void cn_close_signals(void);

/// The end of the pipe to poll.
int cn_signal_descriptor(void);

/// The next signal in the pipe, or 0.
int cn_take_signal(void);

// crash.c

/// Remembers the modes to go back to; before ncurses changes them.
void cn_remember_modes(void);

/// Prepares for signals after which only write() is safe.
void cn_open_crash_guard(bool uses_mouse, bool uses_paste);
void cn_close_crash_guard(void);

/// Gives the terminal back and ends by a signal, from its handler.
void cn_end_at_once(int signal);

// errors.c

/// Keeps output to the standard error off the screen.
void cn_hold_errors(void);

/// Writes the kept output; safe in a signal handler.
void cn_release_errors(void);

/// Marks of a frame that a terminal shows at once (synchronized output, mode 2026).
#define CN_FRAME_BEGIN "\033[?2026h"
#define CN_FRAME_END "\033[?2026l"

/// The questions: the colour of the background, whether the terminal knows mode 2026, and last the kind of
/// terminal, which every terminal answers.
#define CN_QUESTIONS "\033]11;?\007\033[?2026$p\033[c"

#define CN_PASTE_ON "\033[?2004h"
#define CN_PASTE_OFF "\033[?2004l"

/// Presses, releases and the wheel, in the encoding that reaches beyond column 223 where there is one.
#define CN_MOUSE_ON "\033[?1000h\033[?1006h"
#define CN_MOUSE_OFF "\033[?1006l\033[?1000l"

#endif
