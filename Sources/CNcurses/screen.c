// Taking the terminal, drawing on it, and giving it back.

#include "internal.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen = NULL;
/// Whether the terminal speaks ANSI, so that it ignores a mode which it does not know.
static bool speaks_ansi = false;
static bool has_color = false;
static bool has_started_color = false;
static bool uses_mouse = false;
static bool shows_cursor = true;

/// A pair for each colour in use, made when it is first needed; pair 0 is the terminal's own.
enum { color_limit = 256 };
static short pairs[color_limit];
static short next_pair = 1;
static short background = -1;

// MARK: Locale

static bool codeset_is_unicode(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

bool cn_locale_is_unicode(void) {
  // LC_CTYPE alone, so that numbers keep their decimal point.
  setlocale(LC_CTYPE, "");
  // If East Asian rules make a line character two columns wide, pictures are impossible.
  return codeset_is_unicode() && wcwidth(L'─') == 1;
}

static void set_locale(bool uses_unicode) {
  setlocale(LC_CTYPE, "");
  if (uses_unicode && !codeset_is_unicode()) setlocale(LC_CTYPE, "C.UTF-8");
}

// MARK: Opening and closing

/// Asks terminfo before ncurses touches the screen: on a terminal that cannot place its cursor
/// newterm() succeeds, and shows nothing.
static CNStatus examine_terminal(void) {
  if (!isatty(STDIN_FILENO)) return CNStatusInputIsNoTerminal;
  if (!isatty(STDOUT_FILENO)) return CNStatusOutputIsNoTerminal;
  int found = 0;
  if (setupterm(NULL, STDOUT_FILENO, &found) != OK) return CNStatusUnknownTerminal;
  const char *placing = tigetstr("cup");
  bool places = placing != NULL && placing != (const char *)-1;
  // Other terminals would print the mode.
  speaks_ansi = places && strncmp(placing, "\033[", 2) == 0;
  del_curterm(cur_term);
  return places ? CNStatusReady : CNStatusNoCursorAddressing;
}

/// Starts colours only when they are wanted, so that a terminal without them gets no colour codes.
static void start_colors(void) {
  has_started_color = has_colors() && start_color() == OK;
  memset(pairs, 0, sizeof pairs);
  next_pair = 1;
  background = has_started_color && use_default_colors() == OK ? -1 : COLOR_BLACK;
}

void cn_use_color(bool uses_color) {
  if (uses_color && !has_started_color) start_colors();
  bool will_have = uses_color && has_started_color;
  if (will_have != has_color) cn_repaint();
  has_color = will_have;
}

static void set_input_modes(void) {
  cbreak();
  noecho();
  if (getenv("ESCDELAY") == NULL) set_escdelay(25);
  // Ctrl-S would freeze the screen until Ctrl-Q, which hardly anyone expects today.
  struct termios modes;
  if (tcgetattr(STDIN_FILENO, &modes) == 0) {
    modes.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
    def_prog_mode();
  }
}

static void send(const char *text) {
  ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
  (void)ignored;
}

/// Asks for pastes in brackets and for the mouse, or gives both back.
static void send_modes(bool begins) {
  if (!speaks_ansi) return;
  send(begins ? CN_PASTE_ON : CN_PASTE_OFF);
  if (uses_mouse) send(begins ? CN_MOUSE_ON : CN_MOUSE_OFF);
}

CNStatus cn_open(CNOptions options) {
  if (screen != NULL) return CNStatusAlreadyOpen;
  CNStatus status = examine_terminal();
  if (status != CNStatusReady) return status;
  set_locale(options.usesUnicode);
  cn_remember_modes();
  // This comes before newterm(), which does not change signals with a handler.
  if (!cn_open_signals()) return CNStatusNoResources;
  // initscr() would end the process where newterm() returns NULL.
  screen = newterm(NULL, stdout, stdin);
  if (screen == NULL) {
    cn_close_signals();
    return CNStatusUnknownTerminal;
  }
  // The terminal is given back at any exit().
  static bool is_registered = false;
  if (!is_registered) is_registered = atexit(cn_close) == 0;

  set_input_modes();
  has_color = has_started_color = false;
  cn_use_color(options.usesColor);
  shows_cursor = curs_set(0) == ERR;
  if (!cn_open_keyboard()) {
    cn_close();
    return CNStatusNoResources;
  }
  uses_mouse = options.usesMouse;
  send_modes(true);
  cn_open_crash_guard(uses_mouse && speaks_ansi, speaks_ansi);
  cn_hold_errors();
  return CNStatusReady;
}

void cn_close(void) {
  if (screen == NULL) return;
  send_modes(false);
  cn_close_keyboard();
  curs_set(1);
  endwin();
  cn_close_crash_guard();
  cn_close_signals();
  cn_release_errors();
  delscreen(screen);
  screen = NULL;
}

void cn_use_mouse(bool wants_mouse) {
  if (wants_mouse == uses_mouse) return;
  send_modes(false);
  uses_mouse = wants_mouse;
  send_modes(true);
  cn_close_crash_guard();
  cn_open_crash_guard(uses_mouse && speaks_ansi, speaks_ansi);
}

void cn_leave_and_return(bool stopping) {
  send_modes(false);
  curs_set(1);
  endwin();
  if (stopping) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, stop, go_on;
    sigaction(SIGTSTP, &standard, &stop);
    // The signal that continues the process needs no further handling.
    sigaction(SIGCONT, &standard, &go_on);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &stop, NULL);
    sigaction(SIGCONT, &go_on, NULL);
  }
  shows_cursor = true;
  cn_repaint();
  doupdate();
  send_modes(true);
  cn_present(-1, -1);
}

// MARK: Size

int cn_columns(void) { return screen == NULL ? 0 : getmaxx(stdscr); }
int cn_rows(void) { return screen == NULL ? 0 : getmaxy(stdscr); }

bool cn_follow_size(void) {
  struct winsize size;
  // Some terminals report no size at all before their first resize.
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return false;
  if (size.ws_row == cn_rows() && size.ws_col == cn_columns()) return false;
  resizeterm(size.ws_row, size.ws_col);
  cn_repaint();
  return true;
}

// MARK: Drawing

int cn_colors(void) {
  int colors = tigetnum("colors");
  return colors > 0 ? colors : 0;
}

static short pair_of(int color) {
  if (!has_color || color < 0 || color >= color_limit || color >= COLORS) return 0;
  if (pairs[color] == 0 && next_pair < COLOR_PAIRS) {
    if (init_pair(next_pair, (short)color, background) == OK) pairs[color] = next_pair++;
  }
  return pairs[color];
}

static attr_t attributes_of(CNCell cell) {
  return (cell.isBold ? WA_BOLD : 0) | (cell.isDim ? WA_DIM : 0)
    | (cell.isReverse ? WA_REVERSE : 0) | (cell.isUnderlined ? WA_UNDERLINE : 0);
}

void cn_put_row(int y, const CNCell *cells, int count) {
  int width = count < cn_columns() ? count : cn_columns();
  if (y < 0 || y >= cn_rows()) return;
  // In pieces, so that no row is too long for the stack. Strings of cells neither wrap at the
  // right edge nor scroll at the last cell.
  enum { piece = 128 };
  cchar_t row[piece];
  for (int x = 0; x < width; x += piece) {
    int length = width - x < piece ? width - x : piece;
    for (int i = 0; i < length; i++) {
      CNCell cell = cells[x + i];
      wchar_t text[2] = {(wchar_t)cell.scalar, L'\0'};
      setcchar(&row[i], text, attributes_of(cell), pair_of(cell.color), NULL);
    }
    mvwadd_wchnstr(stdscr, y, x, row, length);
  }
}

void cn_present(int cursor_x, int cursor_y) {
  bool wants_cursor =
    cursor_x >= 0 && cursor_x < cn_columns() && cursor_y >= 0 && cursor_y < cn_rows();
  if (wants_cursor) wmove(stdscr, cursor_y, cursor_x);
  wnoutrefresh(stdscr);
  doupdate();
  if (wants_cursor != shows_cursor && curs_set(wants_cursor) != ERR) shows_cursor = wants_cursor;
}

void cn_repaint(void) { clearok(curscr, TRUE); }
