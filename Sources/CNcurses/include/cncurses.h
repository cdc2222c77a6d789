// The part of ncurses that Backspike needs, in a form that Swift can import: without macros, globals
// and variadic functions. There is one screen, so there are no handles. All calls come from one
// thread.

#ifndef CNCURSES_H
#define CNCURSES_H

#include <stdbool.h>
#include <stdint.h>

/// Enumerations that Swift imports as enumerations of its own.
#define CN_ENUM(name) \
  typedef enum __attribute__((enum_extensibility(closed))) name name; \
  enum __attribute__((enum_extensibility(closed))) name

/// The result of opening the screen.
CN_ENUM(CNStatus) {
  CNStatusReady,
  CNStatusInputIsNoTerminal,
  CNStatusOutputIsNoTerminal,
  CNStatusUnknownTerminal,
  CNStatusNoCursorAddressing,
  CNStatusAlreadyOpen,
  CNStatusNoResources,
};

/// The kind of an event.
CN_ENUM(CNEventKind) {
  CNEventKindNothing,
  CNEventKindCharacter,  // code: the scalar, controls included
  CNEventKindAlt,        // code: the scalar typed with Alt
  CNEventKindEscape,
  CNEventKindEnter,
  CNEventKindBackspace,
  CNEventKindDelete,
  CNEventKindBackTab,
  CNEventKindUp,
  CNEventKindDown,
  CNEventKindLeft,
  CNEventKindRight,
  CNEventKindControlLeft,
  CNEventKindControlRight,
  CNEventKindHome,
  CNEventKindEnd,
  CNEventKindPageUp,
  CNEventKindPageDown,
  CNEventKindFunction,  // code: the number of the key
  CNEventKindPress,     // code: the button
  CNEventKindRelease,   // code: the button
  CNEventKindWheelUp,
  CNEventKindWheelDown,
  CNEventKindPaste,  // code: the number of scalars at cn_pasted()
  CNEventKindResize,
  CNEventKindInterrupt,
  CNEventKindTerminate,  // code: the signal
  CNEventKindEndOfInput,
  CNEventKindAnswer,  // the terminal has told something, such as cn_background()
};

/// One event; x, y and isShifted belong to the mouse.
typedef struct {
  CNEventKind kind;
  uint32_t code;
  int32_t x;
  int32_t y;
  bool isShifted;
} CNEvent;

/// One cell; a negative colour is the terminal's own foreground.
///
/// The right half of a wide character is a cell of its own, with `isRest`.
typedef struct {
  uint32_t scalar;
  uint32_t marks[2];  // what stands on the scalar, or 0
  bool isWide;
  bool isRest;
  int32_t color;
  bool isBold;
  bool isDim;
  bool isReverse;
  bool isUnderlined;
} CNCell;

/// The user's options for the terminal.
typedef struct {
  bool usesColor;
  bool usesMouse;
  bool usesUnicode;  // also where the locale does not promise it
} CNOptions;

/// Whether the user's locale is a UTF-8 one in which lines are one column wide.
bool cn_locale_is_unicode(void);

/// Takes over the terminal; only after CNStatusReady may anything below be called.
CNStatus cn_open(CNOptions options);

/// Gives the terminal back as it was; harmless when it was not taken.
void cn_close(void);

/// The brightness of the terminal's background that it has told, 0 to 255; -1 where it has not.
int cn_background(void);

/// The terminal whose description is used because that of TERM is missing; NULL for none.
const char *cn_substitute(void);

/// Asks the terminal to put bytes of UTF-8 on the clipboard (OSC 52).
void cn_copy(const char *base64, int count);

/// The number of colours that the terminal has, in use or not.
int cn_colors(void);

/// Begins or ends the use of colours, and of the mouse.
void cn_use_color(bool uses_color);
void cn_use_mouse(bool uses_mouse);

int cn_columns(void);
int cn_rows(void);

/// Sets the cells of one row from its left edge; nothing is sent yet.
void cn_put_row(int y, const CNCell *cells, int count);

/// Sends what has changed; a negative place hides the cursor.
void cn_present(int cursor_x, int cursor_y);

/// Sends everything with the next cn_present(), as after another program wrote on the screen.
void cn_repaint(void);

/// Waits for an event for `milliseconds`, or without limit if negative.
CNEvent cn_next_event(int milliseconds);

/// Whether a signal has asked for an end that cn_next_event() has not returned yet.
bool cn_is_asked_to_stop(void);

/// The scalars of the latest paste, valid until the next event.
const uint32_t *cn_pasted(void);

#endif
