/// The presets of this folder, compiled into the program so that it finds them from anywhere.
public enum Preset {
}
