//! The closed sets of the header, as enums.

use uesynth_sys as sys;

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum $name {
            $($(#[$variant_meta])* $variant = sys::$value,)*
        }

        impl $name {
            /// The number that the C API knows it by.
            #[must_use]
            pub const fn raw(self) -> u32 {
                self as u32
            }

            /// What a number of the C API means, if this version knows it.
            #[must_use]
            pub const fn from_raw(raw: u32) -> Option<Self> {
                match raw {
                    $(sys::$value => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

named! {
    /// What a capture shows.
    Modality {
        /// Colours.
        Rgb = UESYNTH_MODALITY_RGB,
        /// Distance along the camera's axis.
        Depth = UESYNTH_MODALITY_DEPTH,
        /// Instance ids.
        Segmentation = UESYNTH_MODALITY_SEGMENTATION,
        /// Normals in the world.
        Normals = UESYNTH_MODALITY_NORMALS,
        /// Motion since the picture before, in pixels.
        OpticalFlow = UESYNTH_MODALITY_OPTICAL_FLOW,
    }
}

impl Modality {
    pub(crate) const fn action(self) -> ActionKind {
        match self {
            Self::Rgb => ActionKind::CaptureRgb,
            Self::Depth => ActionKind::CaptureDepth,
            Self::Segmentation => ActionKind::CaptureSegmentation,
            Self::Normals => ActionKind::CaptureNormals,
            Self::OpticalFlow => ActionKind::CaptureOpticalFlow,
        }
    }
}

named! {
    /// The kinds of action.
    ActionKind {
        /// Move a camera.
        SetCameraTransform = UESYNTH_ACTION_SET_CAMERA_TRANSFORM,
        /// Ask where a camera is.
        GetCameraTransform = UESYNTH_ACTION_GET_CAMERA_TRANSFORM,
        /// Colours.
        CaptureRgb = UESYNTH_ACTION_CAPTURE_RGB,
        /// Depth.
        CaptureDepth = UESYNTH_ACTION_CAPTURE_DEPTH,
        /// Instance ids.
        CaptureSegmentation = UESYNTH_ACTION_CAPTURE_SEGMENTATION,
        /// Normals.
        CaptureNormals = UESYNTH_ACTION_CAPTURE_NORMALS,
        /// Motion.
        CaptureOpticalFlow = UESYNTH_ACTION_CAPTURE_OPTICAL_FLOW,
        /// Move an object.
        SetObjectTransform = UESYNTH_ACTION_SET_OBJECT_TRANSFORM,
        /// Ask where an object is.
        GetObjectTransform = UESYNTH_ACTION_GET_OBJECT_TRANSFORM,
        /// Make a camera.
        CreateCamera = UESYNTH_ACTION_CREATE_CAMERA,
        /// Remove a camera.
        DestroyCamera = UESYNTH_ACTION_DESTROY_CAMERA,
        /// Set a camera's size in pixels.
        SetResolution = UESYNTH_ACTION_SET_RESOLUTION,
        /// Make an object.
        SpawnObject = UESYNTH_ACTION_SPAWN_OBJECT,
        /// Remove an object.
        DestroyObject = UESYNTH_ACTION_DESTROY_OBJECT,
        /// Change an object's material.
        SetMaterial = UESYNTH_ACTION_SET_MATERIAL,
        /// Ask what objects there are.
        ListObjects = UESYNTH_ACTION_LIST_OBJECTS,
        /// Change a light.
        SetLighting = UESYNTH_ACTION_SET_LIGHTING,
    }
}

named! {
    /// What the bytes of a frame were found to be, or what pixels are wanted.
    Format {
        /// Bytes that fit no format of the modality; as a wish: the frame's own format.
        Unknown = UESYNTH_FORMAT_UNKNOWN,
        /// height x width x 4, u8.
        Rgba8 = UESYNTH_FORMAT_RGBA8,
        /// height x width x 3, u8.
        Rgb8 = UESYNTH_FORMAT_RGB8,
        /// height x width x 4, u8.
        Bgra8 = UESYNTH_FORMAT_BGRA8,
        /// height x width, u8.
        Gray8 = UESYNTH_FORMAT_GRAY8,
        /// height x width, f32: depth in cm along the camera's axis.
        F32 = UESYNTH_FORMAT_F32,
        /// height x width x 2, f32: flow in pixels.
        F32x2 = UESYNTH_FORMAT_F32X2,
        /// height x width x 3, f32: normals of length 1, or colours from 0 to 1.
        F32x3 = UESYNTH_FORMAT_F32X3,
        /// height x width, u32: instance ids, 0 is nothing.
        U32 = UESYNTH_FORMAT_U32,
        /// height x width, half float.
        F16 = UESYNTH_FORMAT_F16,
        /// A PNG file.
        Png = UESYNTH_FORMAT_PNG,
        /// A JPEG file.
        Jpeg = UESYNTH_FORMAT_JPEG,
        /// An `OpenEXR` file.
        Exr = UESYNTH_FORMAT_EXR,
        /// height x width x 3, u8; only decoded.
        Bgr8 = UESYNTH_FORMAT_BGR8,
        /// height x width, u16; only decoded.
        Gray16 = UESYNTH_FORMAT_GRAY16,
        /// height x width x 4, f32; only decoded.
        F32x4 = UESYNTH_FORMAT_F32X4,
        /// 3 x height x width, f32; only decoded.
        F32x3Planar = UESYNTH_FORMAT_F32X3_PLANAR,
        /// 4 x height x width, f32; only decoded.
        F32x4Planar = UESYNTH_FORMAT_F32X4_PLANAR,
    }
}

named! {
    /// What an event tells of.
    EventKind {
        /// A request is over.
        Completed = UESYNTH_EVENT_COMPLETED,
        /// A frameset is over.
        Frameset = UESYNTH_EVENT_FRAMESET,
        /// A save is over.
        Saved = UESYNTH_EVENT_SAVED,
        /// The connection has changed: [`Client::watch`](crate::Client::watch).
        State = UESYNTH_EVENT_STATE,
        /// What the library has to say: [`Client::watch`](crate::Client::watch).
        Log = UESYNTH_EVENT_LOG,
    }
}

named! {
    /// What a thread of the library does.
    ThreadRole {
        /// The I/O of its clients.
        Loop = UESYNTH_THREAD_LOOP,
        /// Runs the callbacks of one client.
        Delivery = UESYNTH_THREAD_DELIVERY,
        /// Saves frames to files.
        Worker = UESYNTH_THREAD_WORKER,
    }
}

named! {
    /// How a request travels.
    Route {
        /// By stream what streams are known to answer, the rest by unary RPC.
        Auto = UESYNTH_ROUTE_AUTO,
        /// `ControlStream`: the fastest, answered in order.
        Stream = UESYNTH_ROUTE_STREAM,
        /// An RPC of its own.
        Direct = UESYNTH_ROUTE_DIRECT,
    }
}

named! {
    /// What gives way when undelivered frames reach their cap.
    Overflow {
        /// Nothing: the server waits.
        Block = UESYNTH_OVERFLOW_BLOCK,
        /// The oldest frame.
        DropOldest = UESYNTH_OVERFLOW_DROP_OLDEST,
        /// The frame that has just come.
        DropNewest = UESYNTH_OVERFLOW_DROP_NEWEST,
        /// Every frame that a newer one has followed, at any time.
        Latest = UESYNTH_OVERFLOW_LATEST,
    }
}

named! {
    /// Whether the server is told that it may compress replies.
    Compression {
        /// It is not.
        Off = UESYNTH_COMPRESSION_OFF,
        /// It is.
        On = UESYNTH_COMPRESSION_ON,
        /// While it pays, by what was measured on the connection.
        Auto = UESYNTH_COMPRESSION_AUTO,
    }
}

named! {
    /// What a submit does when as many requests are under way as may be.
    WhenFull {
        /// Wait for room, at most one timeout.
        Wait = UESYNTH_WHEN_FULL_WAIT,
        /// Return [`Status::WOULD_BLOCK`](crate::Status::WOULD_BLOCK).
        WouldBlock = UESYNTH_WHEN_FULL_WOULD_BLOCK,
    }
}

named! {
    /// Options that go together.
    Preset {
        /// 5 s, 1,024 frames, 512 MiB, 1,024 requests.
        Default = UESYNTH_PRESET_DEFAULT,
        /// 30 s, 1,024 frames, 256 MiB, 50 requests.
        Development = UESYNTH_PRESET_DEVELOPMENT,
        /// 2 s, 4,096 frames, 512 MiB, 500 requests.
        Production = UESYNTH_PRESET_PRODUCTION,
        /// 1 s, 8,192 frames, 1 GiB, 1,000 requests.
        HighThroughput = UESYNTH_PRESET_HIGH_THROUGHPUT,
        /// 5 s, 1,024 frames, 64 MiB, 100 requests.
        LowMemory = UESYNTH_PRESET_LOW_MEMORY,
    }
}

named! {
    /// What a client is doing.
    State {
        /// Not connected, and nothing asks for it.
        Idle = UESYNTH_STATE_IDLE,
        /// Connecting.
        Connecting = UESYNTH_STATE_CONNECTING,
        /// Connected.
        Ready = UESYNTH_STATE_READY,
        /// The last attempt failed; the next one is due soon.
        Backoff = UESYNTH_STATE_BACKOFF,
        /// Closed.
        Closed = UESYNTH_STATE_CLOSED,
    }
}

named! {
    /// How much a log record matters.
    LogLevel {
        /// As a wish: no records.
        None = UESYNTH_LOG_NONE,
        /// Something does not work until you do something about it.
        Error = UESYNTH_LOG_ERROR,
        /// Something is not as it should be, and goes on.
        Warning = UESYNTH_LOG_WARNING,
        /// What happens now and then.
        Info = UESYNTH_LOG_INFO,
        /// What happens all the time.
        Debug = UESYNTH_LOG_DEBUG,
    }
}

named! {
    /// Kinds of file that are written.
    File {
        /// PNG.
        Png = UESYNTH_FILE_PNG,
        /// JPEG.
        Jpeg = UESYNTH_FILE_JPEG,
        /// NPY, for `numpy.load`.
        Npy = UESYNTH_FILE_NPY,
    }
}

named! {
    /// The stretches of a request's life.
    Stage {
        /// Submitted until sent.
        Waiting = UESYNTH_LATENCY_WAITING,
        /// Sent until the first byte of the reply.
        FirstByte = UESYNTH_LATENCY_FIRST_BYTE,
        /// First byte until the last one.
        Transfer = UESYNTH_LATENCY_TRANSFER,
        /// Last byte until handed over.
        Delivery = UESYNTH_LATENCY_DELIVERY,
        /// Submitted until handed over.
        Total = UESYNTH_LATENCY_TOTAL,
    }
}

named! {
    /// Which way axes point, of the world and of the camera alike.
    Axes {
        /// Left-handed: x forward, y right, z up.
        Unreal = UESYNTH_AXES_UNREAL,
        /// x right, y down, z forward.
        OpenCv = UESYNTH_AXES_OPENCV,
        /// x forward, y left, z up.
        Ros = UESYNTH_AXES_ROS,
        /// x right, y up, z backward.
        OpenGl = UESYNTH_AXES_OPENGL,
    }
}

named! {
    /// What a server was found to do with an action.
    Ability {
        /// It was not tried.
        NotProbed = UESYNTH_PROBE_NOT_PROBED,
        /// It works.
        Works = UESYNTH_PROBE_WORKS,
        /// It says yes to what cannot be, or yes and that it is not implemented.
        Stub = UESYNTH_PROBE_STUB,
        /// It sends a picture, or a pose, that is none.
        Placeholder = UESYNTH_PROBE_PLACEHOLDER,
        /// It says that it cannot.
        Unimplemented = UESYNTH_PROBE_UNIMPLEMENTED,
        /// It does not answer.
        Silent = UESYNTH_PROBE_SILENT,
        /// An error that says nothing about whether it could.
        Failed = UESYNTH_PROBE_FAILED,
    }
}

named! {
    /// What a smaller picture shows.
    SizeMeaning {
        /// Not known.
        Unknown = UESYNTH_PROBE_SIZE_UNKNOWN,
        /// The same view.
        Scales = UESYNTH_PROBE_SIZE_SCALES,
        /// The top left corner of it.
        Crops = UESYNTH_PROBE_SIZE_CROPS,
    }
}
