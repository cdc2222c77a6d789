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
/// The output of that screen.
static FILE *output = NULL;
/// The description in use where that of TERM is missing; NULL for none.
static const char *substitute = NULL;
/// Whether the terminal speaks ANSI, so that it ignores a mode which it does not know.
static bool speaks_ansi = false;
static bool has_color = false;
static bool has_started_color = false;
static bool uses_mouse = false;
static bool shows_cursor = true;

/// A pair for each colour in use, made when it is first needed; pair 0 is the terminal's own.
enum { color_limit = 256 };
static int pairs[color_limit];
static int next_pair = 1;
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

/// Terminals that understand the sequences of xterm, and whose description older systems lack.
static const char *const relatives_of_xterm[] = {
  "xterm", "foot", "wezterm", "ghostty", "kitty", "alacritty", "contour", "rio", "konsole", "vte", "gnome",
  "iterm", "mintty", "tmux", "screen", "rxvt", "st-", "mlterm", "putty", "warp", "ms-terminal",
};

static bool is_related_to_xterm(const char *name) {
  for (size_t i = 0; i < sizeof relatives_of_xterm / sizeof relatives_of_xterm[0]; i++) {
    if (strncmp(name, relatives_of_xterm[i], strlen(relatives_of_xterm[i])) == 0) return true;
  }
  return false;
}

/// Loads the description of the terminal, or of xterm where a relative of it has none here.
static bool set_up_terminal(void) {
  int found = 0;
  substitute = NULL;
  if (setupterm(NULL, STDOUT_FILENO, &found) == OK) return true;
  const char *name = getenv("TERM");
  if (name == NULL || !is_related_to_xterm(name)) return false;
  static const char *const known[] = {"xterm-256color", "xterm"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (setupterm(known[i], STDOUT_FILENO, &found) != OK) continue;
    substitute = known[i];
    return true;
  }
  return false;
}

const char *cn_substitute(void) { return substitute; }

/// Asks terminfo before ncurses touches the screen: on a terminal that cannot place its cursor
/// newterm() succeeds, and shows nothing.
static CNStatus examine_terminal(void) {
  if (!isatty(STDIN_FILENO)) return CNStatusInputIsNoTerminal;
  if (!isatty(STDOUT_FILENO)) return CNStatusOutputIsNoTerminal;
  if (!set_up_terminal()) return CNStatusUnknownTerminal;
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
  // Ctrl-S would freeze the screen until Ctrl-Q, which hardly anyone expects today.
  struct termios modes;
  if (tcgetattr(STDIN_FILENO, &modes) == 0) {
    modes.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
    def_prog_mode();
  }
}

static void send(const char *text) { cn_send_all(text, strlen(text)); }

/// Asks the terminal what terminfo does not tell. The console of Linux would print the questions.
static void send_questions(void) {
  const char *name = getenv("TERM");
  if (!speaks_ansi || cn_colors() < 8 || (name != NULL && strncmp(name, "linux", 5) == 0)) return;
  send(CN_QUESTIONS);
  cn_expect_answers();
}

void cn_copy(const char *base64, int count) {
  if (screen == NULL || !speaks_ansi) return;
  send("\033]52;c;");
  cn_send_all(base64, (size_t)count);
  send("\007");
}

/// Asks for pastes in brackets and for the mouse, or gives both back.
static void send_modes(bool begins) {
  if (!speaks_ansi) return;
  if (!begins) send(CN_FRAME_END);
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
  output = cn_open_output();
  if (output == NULL) {
    cn_close_signals();
    return CNStatusNoResources;
  }
  screen = newterm(substitute, output, stdin);
  if (screen == NULL) {
    cn_close_output(output);
    cn_close_signals();
    return CNStatusUnknownTerminal;
  }
  // A waiting key does not cut a picture.
  typeahead(-1);
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
  send_questions();
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
  cn_close_output(output);
  output = NULL;
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

/// The number of one of xterm's 256 colours on this terminal.
///
/// A terminal with direct colours takes red, green and blue as one number, and the first eight
/// colours by their numbers.
static int number_of(int color) {
  if (COLORS <= color_limit || color < 8) return color;
  if (color >= 232) return (8 + (color - 232) * 10) * 0x010101;
  if (color < 16) {
    static const int bright[] = {0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00,
                                 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};
    return bright[color - 8];
  }
  static const int levels[] = {0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF};
  int place = color - 16;
  return levels[place / 36] << 16 | levels[place / 6 % 6] << 8 | levels[place % 6];
}

static int pair_of(int color) {
  if (!has_color || color < 0 || color >= color_limit || color >= COLORS) return 0;
  if (pairs[color] == 0 && next_pair < COLOR_PAIRS) {
    if (init_extended_pair(next_pair, number_of(color), background) == OK)
      pairs[color] = next_pair++;
  }
  return pairs[color];
}

static attr_t attributes_of(CNCell cell) {
  return (cell.isBold ? WA_BOLD : 0) | (cell.isDim ? WA_DIM : 0)
    | (cell.isReverse ? WA_REVERSE : 0) | (cell.isUnderlined ? WA_UNDERLINE : 0);
}

/// Whether the library gives the cell two columns, as the program does.
static bool is_wide(CNCell cell) { return cell.isWide && wcwidth((wchar_t)cell.scalar) == 2; }

/// Sets one character; U+FFFD replaces one whose width the library sees differently, so that nothing
/// moves.
static void set_character(cchar_t *result, CNCell cell) {
  bool is_known = is_wide(cell) || (!cell.isWide && wcwidth((wchar_t)cell.scalar) == 1);
  wchar_t text[4] = {is_known ? (wchar_t)cell.scalar : L'\uFFFD'};
  int length = 1;
  for (int i = 0; i < 2; i++) {
    if (cell.marks[i] != 0 && wcwidth((wchar_t)cell.marks[i]) == 0) text[length++] = (wchar_t)cell.marks[i];
  }
  attr_t attributes = attributes_of(cell);
  int pair = pair_of(cell.color);
  if (setcchar(result, text, attributes, (short)pair, &pair) == OK) return;
  text[1] = L'\0';
  setcchar(result, text, attributes, (short)pair, &pair);
}

void cn_put_row(int y, const CNCell *cells, int count) {
  int width = count < cn_columns() ? count : cn_columns();
  if (y < 0 || y >= cn_rows()) return;
  // In pieces, so that no row is too long for the stack. Strings of cells neither wrap at the
  // right edge nor scroll at the last cell.
  enum { piece = 128 };
  cchar_t row[piece];
  for (int x = 0; x < width;) {
    int start = x, length = 0;
    for (; x < width && length < piece; x++) {
      // ncurses itself fills the right half.
      if (cells[x].isRest && x > 0 && is_wide(cells[x - 1])) continue;
      if (length == 0) start = x;
      set_character(&row[length++], cells[x]);
    }
    if (length > 0) mvwadd_wchnstr(stdscr, y, start, row, length);
  }
}

void cn_present(int cursor_x, int cursor_y) {
  bool wants_cursor =
    cursor_x >= 0 && cursor_x < cn_columns() && cursor_y >= 0 && cursor_y < cn_rows();
  if (wants_cursor) wmove(stdscr, cursor_y, cursor_x);
  cn_begin_frame();
  wnoutrefresh(stdscr);
  doupdate();
  if (wants_cursor != shows_cursor && curs_set(wants_cursor) != ERR) shows_cursor = wants_cursor;
  cn_end_frame();
}

void cn_repaint(void) { clearok(curscr, TRUE); }
